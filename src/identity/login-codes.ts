import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { deriveKey } from '../base/app-secret.ts'
import type { Clock } from '../base/clock.ts'

/** A code as it is kept: by a keyed hash of its digits and of the browser it is for. */
export type KeptCode = {
  userId: string
  codeHash: string
  /** Undefined: for any browser. */
  browserHash: string | undefined
  /** The message it answers. */
  cause: string
  /** How many codes were tried before it that others had. */
  attempt: number
  expiresAt: number
  usedAt: number | undefined
}

export type LoginCodeStore = {
  ofUser(userId: string): Promise<KeptCode | undefined>
  /**
   * In the place of the user's code of `before`, undefined where they had none. False when that is no longer so, or
   * somebody has a live code with the same hash.
   */
  keep(code: KeptCode, before: string | undefined, now: number): Promise<boolean>
  /** Those with one of the hashes, live or not. */
  matching(codeHashes: readonly string[]): Promise<KeptCode[]>
  /** True for one caller alone, while the code is live. */
  use(code: Pick<KeptCode, 'userId' | 'codeHash'>, now: number): Promise<boolean>
}

/** A code a user asked for. `cause`: the message's key. */
export type CodeWish = {
  userId: string
  cause: string
  /** The browser it is for alone; undefined: any. */
  browserHash: string | undefined
}

export type LoginCodes = {
  /** Six digits, good for 5 minutes and once. The same message again has the same code; another takes its place. */
  issue(wish: CodeWish): Promise<string>
  /** Whose code it is. A right one is used up. */
  use(
    code: string,
    browserHash: string,
  ): Promise<{ ok: true; userId: string } | { ok: false; reason: 'wrong' | 'expired' }>
}

/** How long a code is good. */
export const CODE_MINUTES = 5
const CODE_MS = CODE_MINUTES * 60_000
const DIGITS = 6
/** Of a million codes a few hundred are in use at once: more than two are hardly ever needed. */
const MAX_ATTEMPTS = 20

/**
 * A code is worked out from the message that asked for it, by a key: so a repeat of the message, which may arrive in
 * another process, is told the same one, though nowhere it is kept as it is.
 */
export const createLoginCodes = (parts: {
  /** The current app secret. Codes live so shortly that a previous one is not asked. */
  secret: Buffer
  store: LoginCodeStore
  clock: Pick<Clock, 'now'>
}): LoginCodes => {
  const { store, clock } = parts
  const hashKey = createSecretKey(deriveKey(parts.secret, 'login-code'))
  const digitsKey = createSecretKey(deriveKey(parts.secret, 'login-code-digits'))
  const hashOf = (code: string, browserHash: string | undefined) =>
    hmac(hashKey, [code, browserHash ?? '']).toString('base64url')
  const codeOf = ({ userId, cause }: CodeWish, attempt: number) =>
    digitsOf(hmac(digitsKey, [userId, cause, attempt]))

  return {
    async issue(wish) {
      const { userId, cause, browserHash } = wish
      const now = clock.now()
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const before = await store.ofUser(userId)
        if (before?.cause === cause) return codeOf(wish, before.attempt)
        const code = codeOf(wish, attempt)
        const codeHash = hashOf(code, browserHash)
        const kept = { userId, codeHash, browserHash, cause, attempt, expiresAt: now + CODE_MS }
        if (await store.keep({ ...kept, usedAt: undefined }, before?.cause, now)) return code
      }
      throw new Error('no code is free')
    },

    async use(code, browserHash) {
      const hashes = [hashOf(code, browserHash), hashOf(code, undefined)]
      const now = clock.now()
      const found = await store.matching(hashes)
      const unused = found.filter(({ usedAt }) => usedAt === undefined)
      // The one for this browser before somebody's that is for any.
      const live = unused
        .filter(({ expiresAt }) => now < expiresAt)
        .toSorted((a, b) => hashes.indexOf(a.codeHash) - hashes.indexOf(b.codeHash))
      for (const each of live) if (await store.use(each, now)) return { ok: true, userId: each.userId }
      return { ok: false, reason: unused.length > live.length ? 'expired' : 'wrong' }
    },
  }
}

/** As JSON, so that no end of one value and beginning of the next can be taken for others. */
const hmac = (key: KeyObject, values: readonly (string | number)[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(values)).digest()

/** Of 48 bits: no code is more likely than another by more than one in two hundred million. */
const digitsOf = (bytes: Buffer): string =>
  String(bytes.readUIntBE(0, 6) % 10 ** DIGITS).padStart(DIGITS, '0')
