import { say } from '../base/say.ts'
import type { Reading } from '../base/watched-file.ts'
import { foldText } from './fold.ts'
import { createRemarks, readListLines } from './list-lines.ts'

/** A word of the operator's list: `text` as written, `line` of the file from 1, `act` on a text that holds it. */
export type Word = { text: string; act: 'block' | 'mask'; line: number }

export const MAX_WORD_CHARACTERS = 200

/**
 * Reads a list of sensitive words, a word a line: `word` and `block: word` block the text that holds it, `mask: word`
 * hides it there. Lines that begin with # are comments. A line that leaves nothing to look for (`mask:`, zero-width
 * characters) is noted and passed over, for it would be found in every text. No word stands in a problem or a note.
 */
export const readWordList = (bytes: Buffer): Reading<Word[]> => {
  const read = readListLines(bytes)
  if (!read.ok) return read
  const words: Word[] = []
  const problems = createRemarks()
  const notes = createRemarks()
  for (const { number, text } of read.lines) {
    const word = { ...readWord(text), line: number }
    const isTooLong = hasMoreCharacters(word.text, MAX_WORD_CHARACTERS)
    const length = isTooLong ? 0 : foldText(word.text).length
    if (isTooLong || length > MAX_WORD_CHARACTERS)
      problems.add(
        say({
          zh: `第 ${number} 行：一个词最多 ${MAX_WORD_CHARACTERS} 个字`,
          en: `line ${number}: a word has at most ${MAX_WORD_CHARACTERS} characters`,
        }),
      )
    else if (length === 0)
      notes.add(
        say({
          zh: `第 ${number} 行没有词，跳过了`,
          en: `line ${number} holds no word and is passed over`,
        }),
      )
    else words.push(word)
  }
  const tooLong = problems.all()
  return tooLong.length > 0
    ? { ok: false, problems: tooLong }
    : { ok: true, value: words, notes: notes.all() }
}

/** Counted in UTF-16 first: a line may be as long as the file. */
const hasMoreCharacters = (text: string, most: number): boolean =>
  text.length > 2 * most || (text.length > most && [...text].length > most)

const directive = /^(block|mask)\s*[:：]/i

const readWord = (line: string): Pick<Word, 'text' | 'act'> => {
  const found = directive.exec(line)
  if (!found) return { text: line, act: 'block' }
  return {
    text: line.slice(found[0].length).trim(),
    act: found[1]?.toLowerCase() === 'mask' ? 'mask' : 'block',
  }
}
