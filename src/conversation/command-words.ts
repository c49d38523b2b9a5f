import type { Said } from './incoming.ts'

/** Commands are matched without regard to case, full-width forms and surrounding space. */
export const normalizeCommand = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** No command is longer; a long text need not be normalised to see that it is none. */
const MAX_COMMAND_CHARS = 200

/** Said as one of the words, or tapped in the menu, whose key is the command's first English word in capitals. */
export const isCommand = (said: Said, words: readonly string[], menuKey: string): boolean => {
  if (said.kind === 'menu') return said.key === menuKey
  if (said.kind !== 'text' || said.text.length > MAX_COMMAND_CHARS) return false
  return words.includes(normalizeCommand(said.text))
}
