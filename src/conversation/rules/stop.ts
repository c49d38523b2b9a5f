import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'
import type { Turns } from '../turn.ts'

/** 停止: ends the running answer, keeps what was said, and takes back what has not begun. */
export const stop = (parts: {
  turns: Pick<Turns, 'requestStop'>
  texts: Pick<Texts, 'stopping' | 'nothingToStop'>
}): Rule<Known> =>
  async function stop({ said, user }, next) {
    if (!isCommand(said, COMMANDS.stop)) return next()
    const stopped = await parts.turns.requestStop(user.id)
    return { kind: 'say', text: stopped > 0 ? parts.texts.stopping : parts.texts.nothingToStop }
  }
