import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { factOfLine, headLine, lineOfFact, sinceOfLine } from '../../backup/journal/fact-line.ts'
import type { Fact, Journal, JournalReading } from '../../backup/journal/journal.ts'
import { errorCode } from '../../base/error-code.ts'

const DAY_FILE = /^\d{4}-\d\d-\d\d\.jsonl$/
const DAY_MS = 86_400_000

/** One file of JSON lines for each day (UTC), only ever added to, in a folder for this user alone. */
export const createFileJournal = (folder: string): Journal => {
  /** Oldest first. */
  const days = async (): Promise<string[]> => {
    try {
      return (await readdir(folder)).filter((name) => DAY_FILE.test(name)).toSorted()
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }
  const pathOf = (name: string) => join(folder, name)

  const addLines = async (now: number, linesFor: (size: number) => string[]): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await open(pathOf(`${dateOf(now)}.jsonl`), 'a+', 0o600)
    try {
      const { size } = await file.stat()
      const lines = linesFor(size)
      if (lines.length === 0) return
      // A line whose end never came to the disk must not take the next one with it.
      const torn = size > 0 && !(await endsWithLine(file, size))
      await file.appendFile(`${torn ? '\n' : ''}${lines.join('\n')}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  return {
    append: (facts, now, since) =>
      addLines(now, (size) => [...(size === 0 ? [headLine(since)] : []), ...facts.map(lineOfFact)]),

    reached: (now) => addLines(now, () => [headLine(now)]),

    read() {
      let unreadable = 0
      async function* facts(): AsyncGenerator<Fact> {
        for (const name of await days())
          for await (const line of linesOf(pathOf(name))) {
            const fact = factOfLine(line)
            if (fact) yield fact
            else if (sinceOfLine(line) === undefined) unreadable += 1
          }
      }
      const reading: JournalReading = { [Symbol.asyncIterator]: facts, unreadable: () => unreadable }
      return reading
    },

    async newest() {
      for (const name of (await days()).toReversed()) {
        const facts: Fact[] = []
        let since: number | undefined
        for await (const line of linesOf(pathOf(name))) {
          since = sinceOfLine(line) ?? since
          const fact = factOfLine(line)
          if (fact) facts.push(fact)
        }
        if (since !== undefined) return { since, facts }
      }
      return undefined
    },

    async since() {
      for (const name of await days())
        for await (const line of linesOf(pathOf(name))) {
          const since = sinceOfLine(line)
          if (since !== undefined) return since
          break
        }
      return undefined
    },

    async forget(before) {
      const first = `${dateOf(before)}.jsonl`
      for (const name of await days()) if (name < first) await rm(pathOf(name), { force: true })
    },
  }
}

const dateOf = (now: number): string => new Date(Math.floor(now / DAY_MS) * DAY_MS).toISOString().slice(0, 10)

const NEW_LINE = 0x0a

const endsWithLine = async (file: FileHandle, size: number): Promise<boolean> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return bytesRead === 1 && buffer[0] === NEW_LINE
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
