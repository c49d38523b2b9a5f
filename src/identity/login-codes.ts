import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
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
  /** Live or not. */
  withHash(codeHash: string): Promise<KeptCode | undefined>
  /**
   * Counts a guess against every live code that is for this browser, and gives those that were not guessed at more than
   * `most` times, this guess included.
   */
  guess(browserHash: string, most: number, now: number): Promise<KeptCode[]>
  /** True for one caller alone, while the code is live. */
  use(code: Pick<KeptCode, 'userId' | 'codeHash'>, now: number): Promise<boolean>
  forget(userId: string): Promise<void>
}

/** A code a user asked for. `cause`: the message's key. */
export type CodeWish = {
  userId: string
  cause: string
  /** The browser it is for alone; undefined: any. */
  browserHash: string | undefined
}

/** nothing-open: this browser waits for no code, so that none can have been right. */
export type CodeUse =
  | { ok: true; userId: string }
  | { ok: false; reason: 'wrong' | 'expired' | 'nothing-open' }

export type LoginCodes = {
  /**
   * Digits, good for 5 minutes and once: 6 for one browser, 8 for any. The same message again has the same code; another
   * takes its place.
   */
  issue(wish: CodeWish): Promise<string>
  /** Whose code of 6 digits it is, for this browser alone; five guesses at each, whoever makes them. */
  useBound(code: string, browserHash: string): Promise<CodeUse>
  /** Whose code of 8 digits it is. Nothing here keeps anybody from guessing. */
  useUnbound(code: string): Promise<CodeUse>
  /** The user's code is void. */
  forget(userId: string): Promise<void>
}

/** How long a code is good. */
export const CODE_MINUTES = 5
export const CODE_DIGITS = { bound: 6, unbound: 8 } as const
const CODE_MS = CODE_MINUTES * 60_000
const MAX_GUESSES = 5
/** Of all codes a few hundred are in use at once: more than two are hardly ever needed. */
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
  const codeOf = ({ userId, cause, browserHash }: CodeWish, attempt: number) =>
    digitsOf(
      hmac(digitsKey, [userId, cause, attempt]),
      browserHash === undefined ? CODE_DIGITS.unbound : CODE_DIGITS.bound,
    )

  /** A code that is live, expired or neither, used up if it is live. */
  const useHash = async (codeHash: string): Promise<CodeUse> => {
    const now = clock.now()
    const found = await store.withHash(codeHash)
    if (!found || found.usedAt !== undefined) return { ok: false, reason: 'wrong' }
    if (found.expiresAt <= now) return { ok: false, reason: 'expired' }
    return (await store.use(found, now)) ? { ok: true, userId: found.userId } : { ok: false, reason: 'wrong' }
  }

  return {
    async issue(wish) {
      const { userId, cause, browserHash } = wish
      const now = clock.now()
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const before = await store.ofUser(userId)
        if (before?.cause === cause)
          return codeOf({ userId, cause, browserHash: before.browserHash }, before.attempt)
        const code = codeOf(wish, attempt)
        const codeHash = hashOf(code, browserHash)
        const kept = { userId, codeHash, browserHash, cause, attempt, expiresAt: now + CODE_MS }
        if (await store.keep({ ...kept, usedAt: undefined }, before?.cause, now)) return code
      }
      throw new Error('no code is free')
    },

    async useBound(code, browserHash) {
      const now = clock.now()
      const codeHash = hashOf(code, browserHash)
      const open = await store.guess(browserHash, MAX_GUESSES, now)
      if (open.length === 0) {
        const late = await store.withHash(codeHash)
        const isLate = late !== undefined && late.usedAt === undefined && late.expiresAt <= now
        return { ok: false, reason: isLate ? 'expired' : 'nothing-open' }
      }
      const right = open.find((each) => isSame(each.codeHash, codeHash))
      if (!right || !(await store.use(right, now))) return { ok: false, reason: 'wrong' }
      return { ok: true, userId: right.userId }
    },

    useUnbound: (code) => useHash(hashOf(code, undefined)),
    forget: store.forget,
  }
}

/** As JSON, so that no end of one value and beginning of the next can be taken for others. */
const hmac = (key: KeyObject, values: readonly (string | number)[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(values)).digest()

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** Of 48 bits: no code is more likely than another by more than one in two million. */
const digitsOf = (bytes: Buffer, digits: number): string =>
  String(bytes.readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0')
