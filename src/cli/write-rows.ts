import { open, unlink } from 'node:fs/promises'
import { errorCode } from '../base/error-code.ts'
import { CliError } from './context.ts'
import { quoted } from './printable.ts'
import type { Row, RowFormat } from './rows.ts'

export type Target = {
  write(text: string): Promise<void>
  /** Everything is written. */
  close(): Promise<void>
  /** Nothing is to be left of it. */
  discard(): Promise<void>
}

export const stdoutTarget = (): Target => ({
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  close: async () => {},
  discard: async () => {},
})

const FIXES: { [code: string]: string } = {
  EEXIST: 'there is one already: choose another name',
  ENOENT: 'there is no such folder',
  EACCES: 'the folder cannot be written',
}

/** A new file that its owner alone can read. Throws CliError when there is one of that name. */
export const fileTarget = async (path: string): Promise<Target> => {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const code = errorCode(error) ?? ''
    throw new CliError(`the file ${quoted(path)} cannot be made: ${FIXES[code] ?? code}`)
  })
  return {
    write: (text) => file.writeFile(text),
    async close() {
      await file.sync()
      await file.close()
    },
    async discard() {
      await file.close()
      await unlink(path)
    },
  }
}

const BUFFER_CHARS = 64 * 1024

/** Writes rows as they come, so that a million of them take no more memory than a few; gives how many they were. */
export const writeRows = async (
  rows: Iterable<Row> | AsyncIterable<Row>,
  parts: { format: RowFormat; target: Target; reached?: (done: number) => void },
): Promise<number> => {
  const { format, target, reached } = parts
  let buffer = format.start
  let count = 0
  try {
    for await (const row of rows) {
      buffer += format.line(row, count)
      count += 1
      if (buffer.length < BUFFER_CHARS) continue
      await target.write(buffer)
      buffer = ''
      reached?.(count)
    }
    await target.write(buffer + format.end)
  } finally {
    await target.close()
  }
  return count
}
