import { createHash } from 'node:crypto'
import type { Ids } from '../base/ids.ts'
import { shownUserAgent } from './device-of.ts'

export type Session = {
  /** `ses_…`, to name it by; opens nothing. */
  id: string
  userId: string
  createdAt: number
  /** To the day: it is written back once a day at most. */
  lastSeenAt: number
  /** From then on it is none. Each use puts it off, as often as `lastSeenAt` is written, to 180 days after it began. */
  expiresAt: number
  /** As the browser named itself, cut to what can be shown. */
  userAgent: string
}

/** Who is logged in, by a token that only the browser has. A blocked or erased user has no session. */
export type Sessions = {
  /**
   * Undefined when the user is blocked or gone. `token`: 43 characters of base64url, shown this once. What was open in the
   * same browser ends, whoever it was.
   */
  open(
    userId: string,
    browser: OpenedIn,
    now: number,
  ): Promise<{ token: string; session: Session } | undefined>
  /** Undefined for what is no live session's token, whatever it is. When it was put off, `lastSeenAt` is `now`. */
  find(token: string, now: number): Promise<Session | undefined>
  /** The live ones of a user, last seen first. */
  list(userId: string, now: number): Promise<Session[]>
  /** Those of a user of which they were not told yet, newest first; a few at most. */
  untold(userId: string, now: number): Promise<Session[]>
  told(ids: readonly string[], now: number): Promise<void>
  /** False when the user has no such session. */
  revoke(userId: string, id: string): Promise<boolean>
  /** How many there were. */
  revokeAll(userId: string): Promise<number>
}

/** `replaces`: the token that the browser had before. */
export type OpenedIn = { userAgent: string; browserHash: string; replaces: string | undefined }

/** Where they are kept, by the hash of their token alone. */
export type SessionStore = Pick<Sessions, 'list' | 'untold' | 'told' | 'revoke' | 'revokeAll'> & {
  /**
   * False, and nothing is kept, when the user is blocked or gone. Beyond `most` those longest unseen end, and so do those of
   * the same browser and the one with the token that it replaces.
   */
  add(
    session: Session,
    kept: { tokenHash: string; browserHash: string; replacesHash: string | undefined },
    most: number,
  ): Promise<boolean>
  find(tokenHash: string, now: number): Promise<Session | undefined>
  /** False when it has ended in the meantime. */
  see(id: string, seen: Pick<Session, 'lastSeenAt' | 'expiresAt'>): Promise<boolean>
}

export const SESSION_MS = 30 * 86_400_000
/** However often it is used. */
export const SESSION_AT_MOST_MS = 180 * 86_400_000
/** So long after a login nobody else can have sat down before it: what cannot be undone asks for no other proof. */
const FRESH_MS = 30 * 60_000

export const isFreshLogin = ({ createdAt }: Pick<Session, 'createdAt'>, now: number): boolean =>
  now - createdAt < FRESH_MS

/** As seldom as a reader of the list does not mind, so that nearly every request only reads. */
const SEE_EVERY_MS = 86_400_000
const MAX_SESSIONS = 50
const TOKEN = /^[\w-]{43}$/

export const createSessions = ({
  store,
  ids,
  randomBytes,
}: {
  store: SessionStore
  ids: Pick<Ids, 'next'>
  randomBytes: (size: number) => Uint8Array
}): Sessions => ({
  async open(userId, browser, now) {
    const token = Buffer.from(randomBytes(32)).toString('base64url')
    const session = {
      ...{ id: ids.next('ses'), userId, createdAt: now, lastSeenAt: now, expiresAt: now + SESSION_MS },
      userAgent: shownUserAgent(browser.userAgent),
    }
    const { browserHash, replaces } = browser
    const replacesHash = replaces === undefined ? undefined : hashOf(replaces)
    const added = await store.add(
      session,
      { tokenHash: hashOf(token), browserHash, replacesHash },
      MAX_SESSIONS,
    )
    return added ? { token, session } : undefined
  },

  async find(token, now) {
    if (!TOKEN.test(token)) return undefined
    const session = await store.find(hashOf(token), now)
    if (!session || now - session.lastSeenAt < SEE_EVERY_MS) return session
    const seen = {
      lastSeenAt: now,
      expiresAt: Math.min(now + SESSION_MS, session.createdAt + SESSION_AT_MOST_MS),
    }
    return (await store.see(session.id, seen)) ? { ...session, ...seen } : undefined
  },

  list: store.list,
  untold: store.untold,
  told: store.told,
  revoke: store.revoke,
  revokeAll: store.revokeAll,
})

/** A plain hash will do: nobody can try through 256 random bits. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
