import { join, resolve } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { type Reading, type WatchedFile, watchFile } from '../base/watched-file.ts'
import type { Texts } from '../conversation/texts.ts'
import { liveTexts, type Overrides } from '../conversation/texts/live-texts.ts'
import { readWording } from '../conversation/texts/wording-file.ts'
import { type Allowlist, createAllowlist, readAllowlist } from '../words/allowlist.ts'
import { createMatcher, type Matcher } from '../words/matcher.ts'
import { readWordList } from '../words/word-list.ts'

/** An operator's file is broken at the start, or missing though it is named. Each of the problems says what to do. */
export class BrokenFileError extends Error {
  readonly problems: readonly string[]
  constructor(path: string, problems: readonly string[]) {
    super([`${path} cannot be used:`, ...problems].join('\n  '))
    this.name = 'BrokenFileError'
    this.problems = problems
  }
}

type FileParts<T> = {
  /** As the operator named it, else the file of DATA_DIR that need not be there. */
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
    return { ok: false, problems: ['the file is not in UTF-8: save it as UTF-8'] }
  }
}

/** What the operator may change while the service runs: words, trusted users, wording. */
export type LiveFiles = {
  matcher(): Matcher
  allowlist(): Allowlist
  texts: Texts
  stop(): Promise<void>
}

export const openLiveFiles = async (
  config: Pick<Config, 'WORDS_FILE' | 'ALLOWLIST_FILE' | 'TEXTS_FILE' | 'DATA_DIR' | 'LOCALE'>,
  parts: { clock: Clock; log: Log },
): Promise<LiveFiles> => {
  const { DATA_DIR, LOCALE: locale } = config
  const words = await openLiveFile<Matcher>({
    ...{ ...parts, named: config.WORDS_FILE, otherwise: join(DATA_DIR, 'words.txt') },
    ...{ read: readMatcher, empty: createMatcher([]) },
  })
  const allowlist = await openLiveFile<Allowlist>({
    ...{ ...parts, named: config.ALLOWLIST_FILE, otherwise: join(DATA_DIR, 'allowlist.txt') },
    ...{ read: readAllowlist, empty: createAllowlist(new Set()) },
  })
  const wording = await openLiveFile<Overrides>({
    ...{ ...parts, named: config.TEXTS_FILE, otherwise: join(DATA_DIR, 'texts.yaml') },
    ...{ read: (bytes) => readOverrides(bytes, locale), empty: {} },
  })
  return {
    matcher: words.current,
    allowlist: allowlist.current,
    texts: liveTexts(wording.current, locale),
    async stop() {
      await Promise.all([words.stop(), allowlist.stop(), wording.stop()])
    },
  }
}

const readMatcher = (bytes: Buffer): Reading<Matcher> => {
  const list = readWordList(bytes)
  return list.ok ? { ...list, value: createMatcher(list.value) } : list
}

const readOverrides = (bytes: Buffer, locale: Config['LOCALE']): Reading<Overrides> => {
  const read = textOf(bytes)
  if (!read.ok) return read
  const wording = readWording(read.text, locale)
  return wording.ok ? { ok: true, value: wording.overrides } : wording
}
