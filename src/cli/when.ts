import type { Words } from '../base/say.ts'

const OFFSET_MS = 8 * 3_600_000

/** For documents: ISO 8601 in UTC, or null. */
export const isoTime = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString()

/** For readers: the clock in Shanghai, `2026-11-25 12:00`. */
export const localTime = (at: number): string =>
  new Date(at + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')

export const localTimeIf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : localTime(at)

/** How long calls can be used. */
export const untilWords = (expiresAt: number | undefined): Words =>
  expiresAt === undefined
    ? { zh: '一直有效', en: 'for ever' }
    : { zh: `有效期至 ${localTime(expiresAt)}`, en: `until ${localTime(expiresAt)}` }
