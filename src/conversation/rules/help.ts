import { normalizeCommand } from '../command-words.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const WORDS = new Set(['帮助', '幫助', 'help', '?'])

export const help = (texts: Texts): Rule =>
  async function help({ said }, next) {
    const asked =
      (said.kind === 'text' && WORDS.has(normalizeCommand(said.text))) ||
      (said.kind === 'menu' && said.key === 'HELP')
    return asked ? { kind: 'say', text: texts.help } : next()
  }
