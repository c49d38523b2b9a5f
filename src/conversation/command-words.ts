import { bareText, courteousFormsOf, formsOf } from './bare-text.ts'
import type { Command } from './commands.ts'
import type { Said } from './incoming.ts'

/** Commands are matched without regard to case, full-width forms and surrounding space. */
export const normalizeCommand = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** No command is longer, a key it may carry included; a long text need not be normalised to see that it is none. */
const MAX_COMMAND_CHARS = 700
/** Without a key, and with all that people put around it. */
const MAX_BARE_CHARS = 40

/**
 * Said as one of a command's words, with what people put around it, or tapped in the menu, whose key is the command's
 * first English word in capitals.
 */
export const isCommand = (said: Said, { words, alone, key }: Omit<Command, 'link'>): boolean => {
  if (said.kind === 'menu') return said.key === key
  if (said.kind !== 'text' || said.text.length > MAX_BARE_CHARS) return false
  const bare = bareText(said.text)
  return (
    courteousFormsOf(bare).some((form) => alone.has(form)) ||
    formsOf(bare).some((form) => words.includes(form))
  )
}

/** Said as one of these words and nothing else but signs: for what cannot be taken back. */
export const isExactly = (said: Said, words: readonly string[]): boolean =>
  said.kind === 'text' && said.text.length <= MAX_BARE_CHARS && words.includes(bareText(said.text))

/** What follows one of the words, as it was written but for full-width forms: 「兑换 KEY」, 「兑换：KEY」. */
export const wordAfter = (said: Said, { words }: Pick<Command, 'words'>): string | undefined => {
  if (said.kind !== 'text' || said.text.length > MAX_COMMAND_CHARS) return undefined
  const text = said.text.normalize('NFKC').trim().replace(/^[/#]/, '')
  for (const word of words) {
    if (!text.toLowerCase().startsWith(word)) continue
    const rest = text.slice(word.length)
    if (/^[\s:]/.test(rest)) return rest.replace(/^[\s:]+/, '').replace(/[。！!~]+$/, '') || undefined
  }
  return undefined
}
