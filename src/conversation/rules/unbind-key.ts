import type { OwnKeys } from '../../identity/own-keys.ts'
import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** 解绑: forgets the key. */
export const unbindKey = (parts: {
  ownKeys: Pick<OwnKeys, 'forget'>
  texts: Pick<Texts, 'unbound' | 'nothingBound'>
}): Rule<Known> =>
  async function unbindKey({ said, user }, next) {
    if (!isCommand(said, COMMANDS.unbind)) return next()
    return {
      kind: 'say',
      text: (await parts.ownKeys.forget(user.id)) ? parts.texts.unbound : parts.texts.nothingBound,
    }
  }
