import type { Clock } from '../base/clock.ts'
import type { Account } from './account.ts'
import type { Changes } from './changes.ts'
import type { WireEntry, WireNote } from './shown.ts'

const MAX_ENTRIES = 300
const MAX_CHARACTERS = 20_000

/**
 * The last few hundred messages of both directions, with the app secret and access tokens blotted out. In memory alone, none
 * older than `keepMs`.
 */
export const createWireLog = (
  clock: Clock,
  account: Account,
  changes: Changes,
  keepMs = Number.POSITIVE_INFINITY,
) => {
  let entries: WireEntry[] = []
  const forget = () => {
    const since = clock.now() - keepMs
    entries = entries.filter(({ at }) => at >= since)
  }
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
      forget()
      changes.tell({ of: 'wire' })
    },
    entries(): WireEntry[] {
      forget()
      return entries
    },
  }
}

export type WireLog = ReturnType<typeof createWireLog>
