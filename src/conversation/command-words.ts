import type { Said } from './incoming.ts'

/** Commands are matched without regard to case, full-width forms and surrounding space. */
export const normalizeCommand = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** No command is longer, a key it may carry included; a long text need not be normalised to see that it is none. */
const MAX_COMMAND_CHARS = 700

/** Said as one of the words, or tapped in the menu, whose key is the command's first English word in capitals. */
export const isCommand = (said: Said, words: readonly string[], menuKey: string): boolean => {
  if (said.kind === 'menu') return said.key === menuKey
  if (said.kind !== 'text' || said.text.length > MAX_COMMAND_CHARS) return false
  return words.includes(normalizeCommand(said.text))
}

/** What follows one of the words, as it was written but for full-width forms: 「兑换 KEY」, 「兑换：KEY」. */
export const wordAfter = (said: Said, words: readonly string[]): string | undefined => {
  if (said.kind !== 'text' || said.text.length > MAX_COMMAND_CHARS) return undefined
  const text = said.text.normalize('NFKC').trim()
  const word = words.find((each) => text.toLowerCase().startsWith(each))
  const rest = word === undefined ? undefined : text.slice(word.length)
  return rest && /^[\s:]/.test(rest) ? rest.replace(/^[\s:]+/, '') : undefined
}
