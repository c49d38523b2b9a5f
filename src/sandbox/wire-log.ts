import type { Clock } from '../base/clock.ts'
import type { Account } from './account.ts'
import type { Changes } from './changes.ts'

/** What the log tells of one thing that went over the wire. */
export type WireNote = {
  direction: 'to-app' | 'from-app'
  /** A user's message, a user's act, the settings page's check of the server URL, or a call of the API. */
  kind: 'message' | 'event' | 'check' | 'api'
  /** The message's type, the event's name, or the API's path. */
  subject: string
  /** Which request of one delivery, from 1. */
  attempt?: number
  /** The same in one line. */
  what: string
  /** Where a callback was posted, with its signatures. */
  url?: string
  /** Of answers: the HTTP status, how long they took, what the platform made of them, or the API's error code. */
  status?: number
  tookMs?: number
  outcome?: string
  failed?: true
  /** Readable; `cipher` is what really travelled when it was sealed. */
  plain: string
  cipher?: string
}

/** `at` in milliseconds since the epoch. */
export type WireEntry = WireNote & { id: number; at: number }

const MAX_ENTRIES = 300
const MAX_CHARACTERS = 20_000

/** The last few hundred messages of both directions, with the app secret and access tokens blotted out. */
export const createWireLog = (clock: Clock, account: Account, changes: Changes) => {
  let entries: WireEntry[] = []
  let lastId = 0
  const blot = (text: string): string =>
    text
      .replaceAll(account.appSecret, '***')
      .replace(/("?access_token"?\s*[=:]\s*"?)([\w-]{6})[\w-]*/g, '$1$2…')
      .slice(0, MAX_CHARACTERS)
  return {
    add({ what, plain, cipher, ...rest }: WireNote) {
      lastId += 1
      const sealed = cipher === undefined ? {} : { cipher: cipher.slice(0, MAX_CHARACTERS) }
      const kept = { id: lastId, at: clock.now(), ...rest, what: blot(what), plain: blot(plain), ...sealed }
      entries = [...entries, kept].slice(-MAX_ENTRIES)
      changes.tell({ of: 'wire' })
    },
    entries: (): WireEntry[] => entries,
  }
}

export type WireLog = ReturnType<typeof createWireLog>
