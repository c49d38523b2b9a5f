import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Clock } from './clock.ts'
import { errorCode } from './error-code.ts'
import type { Log } from './log.ts'
import { say, type Words } from './say.ts'

/** What a file's bytes mean. `notes` are for the operator's log and refuse nothing. */
export type Reading<T> =
  | { ok: true; value: T; notes?: readonly string[] }
  | { ok: false; problems: readonly string[] }

export type WatchedFileParts<T> = {
  path: string
  /** May be missing: its value is then `empty`. Set it false when the operator named the file. */
  optional: boolean
  read(bytes: Buffer): Reading<T>
  empty: T
  clock: Clock
  log: Log
  /** How often the file is looked at. */
  everyMs?: number
  /** A larger file is broken, and not read. */
  maxBytes?: number
}

export type WatchedFile<T> = {
  /** How the first reading went. When it is not ok, `current` is `empty`, and it is the caller's to start or not. */
  initial: { ok: true } | { ok: false; problems: readonly string[] }
  current(): T
  /** Resolves when the file is no longer looked at. */
  stop(): Promise<void>
}

/** A change is taken when the file has rested this long: half a list would be as good a list as the whole. */
const REST_MS = 500

/**
 * Reads a file, and again whenever it has changed and come to rest. A version that is broken, or an explicitly named file
 * that is gone, leaves the old value and is told to the log once; an optional file that is gone leaves `empty`.
 */
export const watchFile = async <T>(parts: WatchedFileParts<T>): Promise<WatchedFile<T>> => {
  const { path, empty, clock, log, everyMs = 2000 } = parts
  const stopping = new AbortController()
  let taken = await stampOf(path)
  const first = await readVersion(parts, taken)
  let value = first.ok ? first.value : empty
  if (!first.ok) log.error({ path, problems: first.problems }, 'a file is broken: nothing of it is used')
  else noteTo(log, path, first)

  const take = (version: Reading<T>, stamp: string) => {
    if (!version.ok) {
      log.error({ path, problems: version.problems }, 'a changed file is broken: what it held before stays')
      return
    }
    value = version.value
    if (stamp === MISSING) log.warn({ path }, 'a file is gone: what it held is no longer used')
    else log.info({ path }, 'a changed file was read again')
    noteTo(log, path, version)
  }

  const watch = async () => {
    let seen = taken
    for (;;) {
      await clock.sleep(seen === taken ? everyMs : Math.min(REST_MS, everyMs), stopping.signal)
      if (stopping.signal.aborted) return
      let stamp = await stampOf(path)
      if (stamp === seen && stamp !== taken) {
        const version = await readVersion(parts, stamp)
        stamp = await stampOf(path)
        // Changed under our eyes: it is read when it rests again.
        if (stamp === seen) {
          taken = stamp
          take(version, stamp)
        }
      }
      seen = stamp
    }
  }
  const watching = watch()

  return {
    initial: first.ok ? { ok: true } : { ok: false, problems: first.problems },
    current: () => value,
    async stop() {
      stopping.abort()
      await watching
    },
  }
}

const noteTo = (log: Log, path: string, { notes = [] }: { notes?: readonly string[] }) => {
  if (notes.length > 0) log.warn({ path, notes }, 'something in a file was passed over')
}

const MISSING = 'missing'

/** Differs from version to version: an editor renames a new file over the old one or writes into it, a copy keeps times. */
const stampOf = async (path: string): Promise<string> => {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    const code = errorCode(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? MISSING : `unreadable ${code}`
  }
}

const readVersion = async <T>(parts: WatchedFileParts<T>, stamp: string): Promise<Reading<T>> => {
  const { path, optional, empty, read, log, maxBytes = 4 * 1024 * 1024 } = parts
  if (stamp === MISSING)
    return optional ? { ok: true, value: empty } : broken({ zh: '没有这个文件', en: 'the file is not there' })
  let bytes: Buffer | 'no-file'
  try {
    bytes = await readAtMost(path, maxBytes)
  } catch (error) {
    const code = errorCode(error)
    return broken({
      zh: `文件读不了（${code}）：请检查它的权限`,
      en: `the file cannot be read (${code}): check its permissions`,
    })
  }
  if (bytes === 'no-file') return broken({ zh: '它不是文件', en: 'it is no file' })
  if (bytes.length > maxBytes)
    return broken({
      zh: `文件超过 ${maxBytes} 字节：请改小一些`,
      en: `the file is larger than ${maxBytes} bytes`,
    })
  try {
    return read(bytes)
  } catch (err) {
    // A fault of ours, which must not end the watching.
    log.error({ err, path }, 'reading a file failed')
    return broken({ zh: '读不懂这个文件', en: 'the file is not understood' })
  }
}

const broken = (words: Words): { ok: false; problems: string[] } => ({ ok: false, problems: [say(words)] })

/** One byte more than `maxBytes` when there is more. */
const readAtMost = async (path: string, maxBytes: number): Promise<Buffer | 'no-file'> => {
  // Opening a named pipe would otherwise wait for somebody to write into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!(await file.stat()).isFile()) return 'no-file'
    const chunks: Buffer[] = []
    for await (const chunk of file.createReadStream({ end: maxBytes, autoClose: false })) chunks.push(chunk)
    return Buffer.concat(chunks)
  } finally {
    await file.close()
  }
}
