import type { Clock } from '../base/clock.ts'
import type { Account } from './account.ts'

/** One thing that went over the wire. `plain` is readable; `cipher` is what really travelled when it was sealed. */
export type WireEntry = {
  id: number
  /** Milliseconds since the epoch. */
  at: number
  direction: 'to-app' | 'from-app'
  what: string
  plain: string
  cipher?: string
}

const MAX_ENTRIES = 300
const MAX_CHARACTERS = 20_000

/** The last few hundred messages of both directions, with the app secret and access tokens blotted out. */
export const createWireLog = (clock: Clock, account: Account) => {
  let entries: WireEntry[] = []
  let lastId = 0
  const blot = (text: string): string =>
    text
      .replaceAll(account.appSecret, '***')
      .replace(/("?access_token"?\s*[=:]\s*"?)([\w-]{6})[\w-]*/g, '$1$2…')
      .slice(0, MAX_CHARACTERS)
  return {
    add(entry: Pick<WireEntry, 'direction' | 'what' | 'plain' | 'cipher'>) {
      lastId += 1
      const { direction, what, plain, cipher } = entry
      const sealed = cipher === undefined ? {} : { cipher: cipher.slice(0, MAX_CHARACTERS) }
      const kept = { id: lastId, at: clock.now(), direction, what: blot(what), plain: blot(plain), ...sealed }
      entries = [...entries, kept].slice(-MAX_ENTRIES)
    },
    entries: (): WireEntry[] => entries,
  }
}

export type WireLog = ReturnType<typeof createWireLog>
