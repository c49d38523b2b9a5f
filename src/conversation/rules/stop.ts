import type { Users } from '../../identity/user.ts'
import { isCommand } from '../command-words.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'
import type { Turns } from '../turn.ts'

/** 停止: ends the running answer, keeps what was said, and takes back what has not begun. */
export const stop = (parts: {
  users: Pick<Users, 'find'>
  turns: Pick<Turns, 'requestStop'>
  texts: Pick<Texts, 'stopping' | 'nothingToStop'>
}): Rule =>
  async function stop({ said, person }, next) {
    if (!isCommand(said, ['停止', 'stop'], 'STOP')) return next()
    const user = await parts.users.find(person)
    const stopped = user ? await parts.turns.requestStop(user.id) : 0
    return { kind: 'say', text: stopped > 0 ? parts.texts.stopping : parts.texts.nothingToStop }
  }
