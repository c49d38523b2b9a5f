import type { Word } from './word-list.ts'

/** A text holds a word that blocks it. Tells which word of the list it was, and nothing of the text. */
export class BlockedWordError extends Error {
  readonly code = 'blocked-word'
  /** As the list has it. */
  readonly word: string
  readonly line: number
  constructor({ text, line }: Pick<Word, 'text' | 'line'>) {
    super(`blocked by line ${line} of the word list`)
    this.name = 'BlockedWordError'
    this.word = text
    this.line = line
  }
}
