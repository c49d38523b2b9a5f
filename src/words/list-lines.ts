import { isUtf8 } from 'node:buffer'
import { say } from '../base/say.ts'

/** More is not read: a list of the operator's is far smaller, and something else was put in its place. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024
export const MAX_LIST_ENTRIES = 200_000

export type ListLine = { number: number; text: string }

/**
 * The lines of a list file that say something, trimmed: without blank ones and those that begin with #. A byte order mark
 * and CRLF are tolerated. Anything that is not a text file in UTF-8, or is too much, is refused with the lines to look at.
 */
export const readListLines = (
  bytes: Buffer,
): { ok: true; lines: ListLine[] } | { ok: false; problems: string[] } => {
  if (bytes.length > MAX_LIST_BYTES)
    return {
      ok: false,
      problems: [say({ zh: '文件超过 4 MiB：请改小一些', en: 'the file is larger than 4 MiB' })],
    }
  if (!isUtf8(bytes) || bytes.includes(0)) return { ok: false, problems: brokenLines(bytes) }
  const lines: ListLine[] = []
  for (const { number, text } of linesOf(bytes.toString('utf8'))) {
    // Trimming takes the byte order mark along.
    const said = text.trim()
    if (said === '' || said.startsWith('#')) continue
    if (lines.length === MAX_LIST_ENTRIES)
      return {
        ok: false,
        problems: [
          say({
            zh: `第 ${number} 行：名单最多 ${MAX_LIST_ENTRIES} 条`,
            en: `line ${number}: the list ends at ${MAX_LIST_ENTRIES} entries`,
          }),
        ],
      }
    lines.push({ number, text: said })
  }
  return { ok: true, lines }
}

/** One after the other: a file of nothing but newlines has millions. */
function* linesOf(text: string): Generator<ListLine> {
  for (let [from, number] = [0, 1]; from <= text.length; number += 1) {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline
    yield { number, text: text.slice(from, end) }
    from = end + 1
  }
}

const brokenLines = (bytes: Buffer): string[] => {
  const problems = createRemarks()
  // As Latin-1 every byte is a character, and a newline is no part of another character in UTF-8.
  for (const { number, text } of linesOf(bytes.toString('latin1'))) {
    if (!isUtf8(Buffer.from(text, 'latin1')))
      problems.add(
        say({
          zh: `第 ${number} 行不是 UTF-8 编码：请把文件另存为 UTF-8`,
          en: `line ${number} is not UTF-8: save the file as UTF-8`,
        }),
      )
    else if (text.includes('\0'))
      problems.add(
        say({
          zh: `第 ${number} 行有 NUL 字符：这是文本文件吗？`,
          en: `line ${number} holds a NUL character: is this a text file?`,
        }),
      )
  }
  return problems.all()
}

/** What is to be said about a file: the first few in full, of the others how many. */
export const createRemarks = (most = 20) => {
  const said: string[] = []
  let more = 0
  return {
    add(remark: string) {
      if (said.length < most) said.push(remark)
      else more += 1
    },
    all: (): string[] =>
      more > 0 ? [...said, say({ zh: `还有 ${more} 处`, en: `and ${more} more` })] : said,
  }
}
