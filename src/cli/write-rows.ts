import { open, unlink } from 'node:fs/promises'
import { errorCode } from '../base/error-code.ts'
import { say, type Words } from '../base/say.ts'
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

const FIXES: { [code: string]: Words } = {
  EEXIST: { zh: '已经有这个文件了：请换一个名字', en: 'there is one already: choose another name' },
  ENOENT: { zh: '没有这个文件夹：请先建好', en: 'there is no such folder: make it first' },
  EACCES: {
    zh: '文件夹不能写：请检查权限，或者换一个文件夹',
    en: 'the folder cannot be written: check its permissions, or choose another',
  },
  ENOSPC: { zh: '磁盘满了：请先腾出空间', en: 'the disk is full: make room first' },
}

/** A new file that its owner alone can read. Throws CliError when there is one of that name. */
export const fileTarget = async (path: string): Promise<Target> => {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const code = errorCode(error) ?? ''
    const fix = FIXES[code] ?? { zh: code, en: code }
    throw new CliError(
      say({
        zh: `建不了文件 ${quoted(path)}：${fix.zh}`,
        en: `the file ${quoted(path)} cannot be made: ${fix.en}`,
      }),
    )
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
