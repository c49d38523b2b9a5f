import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Incoming } from '../incoming.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

export const help = (texts: Pick<Texts, 'help'>): Rule<Incoming> =>
  async function help({ said }, next) {
    return isCommand(said, COMMANDS.help) ? { kind: 'say', text: texts.help } : next()
  }
