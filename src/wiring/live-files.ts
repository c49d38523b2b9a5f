import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Reading } from '../base/watched-file.ts'
import { liveTexts, type Overrides } from '../conversation/texts/live-texts.ts'
import { readWording } from '../conversation/texts/wording-file.ts'
import type { Texts } from '../conversation/texts.ts'
import { type Allowlist, createAllowlist, readAllowlist } from '../words/allowlist.ts'
import { createMatcher, type Matcher } from '../words/matcher.ts'
import { readWordList } from '../words/word-list.ts'
import { openLiveFile, textOf } from './live-file.ts'

/** What the operator may change while the service runs: words, trusted users, wording. */
export type LiveFiles = {
  matcher(): Matcher
  allowlist(): Allowlist
  texts: Texts
  stop(): Promise<void>
}

export const openLiveFiles = async (
  config: Pick<Config, 'WORDS_FILE' | 'ALLOWLIST_FILE' | 'TEXTS_FILE' | 'CONFIG_DIR' | 'LOCALE'>,
  parts: { clock: Clock; log: Log },
): Promise<LiveFiles> => {
  const { CONFIG_DIR, LOCALE: locale } = config
  const words = await openLiveFile<Matcher>({
    ...{ ...parts, named: config.WORDS_FILE, otherwise: join(CONFIG_DIR, 'words.txt') },
    ...{ read: readMatcher, empty: createMatcher([]) },
  })
  const allowlist = await openLiveFile<Allowlist>({
    ...{ ...parts, named: config.ALLOWLIST_FILE, otherwise: join(CONFIG_DIR, 'allowlist.txt') },
    ...{ read: readAllowlist, empty: createAllowlist(new Set()) },
  })
  const wording = await openLiveFile<Overrides>({
    ...{ ...parts, named: config.TEXTS_FILE, otherwise: join(CONFIG_DIR, 'texts.yaml') },
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
