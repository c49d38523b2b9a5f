import { resolve } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { say } from '../base/say.ts'
import { type Reading, type WatchedFile, watchFile } from '../base/watched-file.ts'

/** An operator's file is broken at the start, or missing though it is named. Each of the problems says what to do. */
export class BrokenFileError extends Error {
  readonly problems: readonly string[]
  constructor(path: string, problems: readonly string[]) {
    super([say({ zh: `${path} 不能用：`, en: `${path} cannot be used:` }), ...problems].join('\n  '))
    this.name = 'BrokenFileError'
    this.problems = problems
  }
}

type FileParts<T> = {
  /** As the operator named it, else the file of CONFIG_DIR that need not be there. */
  named: string | undefined
  otherwise: string
  read: (bytes: Buffer) => Reading<T>
  empty: T
  clock: Clock
  log: Log
}

/** A file that is read again when it changes. Throws BrokenFileError unless the first reading went well. */
export const openLiveFile = async <T>(parts: FileParts<T>): Promise<WatchedFile<T>> => {
  const { named, otherwise, ...rest } = parts
  const path = named === undefined ? otherwise : resolve(named)
  const file = await watchFile<T>({ path, optional: named === undefined, ...rest })
  if (file.initial.ok) return file
  await file.stop()
  throw new BrokenFileError(path, file.initial.problems)
}

/** The whole of a text file in UTF-8. */
export const textOf = (bytes: Buffer): { ok: true; text: string } | { ok: false; problems: string[] } => {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const problem = say({
      zh: '文件不是 UTF-8 编码：请另存为 UTF-8',
      en: 'the file is not in UTF-8: save it as UTF-8',
    })
    return { ok: false, problems: [problem] }
  }
}
