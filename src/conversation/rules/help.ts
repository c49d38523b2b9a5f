import { isCommand } from '../command-words.ts'
import type { Incoming } from '../incoming.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

export const help = (texts: Pick<Texts, 'help'>): Rule<Incoming> =>
  async function help({ said }, next) {
    return isCommand(said, ['帮助', '幫助', 'help', '?'], 'HELP') ? { kind: 'say', text: texts.help } : next()
  }
