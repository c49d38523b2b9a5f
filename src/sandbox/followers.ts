import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Grant } from './allowance.ts'
import type { Changes } from './changes.ts'
import type { PhoneAct, PhoneMessage } from './shown.ts'

export type Follower = {
  openid: string
  following: boolean
  phone: PhoneMessage[]
  acts: PhoneAct[]
  /** Deliveries to the account's server that are still under way. */
  underWay: number
  grants: Grant[]
  lastMessageAt: number
  typingUntil: number
}

const MAX_BUBBLES = 1000

/** A stable OpenID for a name; what already looks like an OpenID (28 characters, first an `o`) stays. */
export const openidOf = (name: string): string =>
  /^o[\w-]{27}$/.test(name) ? name : `o${createHash('sha256').update(name).digest('base64url').slice(0, 27)}`

type Watcher = { openid: string; matches(message: PhoneMessage): boolean; found(message: PhoneMessage): void }

/** Everyone the account has met. Whoever is met for the first time already follows. */
export const createFollowers = (clock: Clock, changes: Changes) => {
  const byOpenid = new Map<string, Follower>()
  let watchers: Watcher[] = []
  let lastId = 0

  const find = (openid: string) => byOpenid.get(openid)

  const meet = (openid: string): Follower => {
    const known = find(openid)
    if (known) return known
    const never = Number.NEGATIVE_INFINITY
    const follower = {
      openid,
      following: true,
      phone: [],
      acts: [],
      underWay: 0,
      grants: [],
      lastMessageAt: never,
      typingUntil: never,
    }
    byOpenid.set(openid, follower)
    return follower
  }

  return {
    find,
    meet,
    show(openid: string, bubble: Omit<PhoneMessage, 'id' | 'at'>): PhoneMessage {
      const follower = meet(openid)
      lastId += 1
      const message = { id: lastId, at: clock.now(), ...bubble }
      follower.phone = [...follower.phone, message].slice(-MAX_BUBBLES)
      const told = watchers.filter((watcher) => watcher.openid === openid && watcher.matches(message))
      watchers = watchers.filter((watcher) => !told.includes(watcher))
      for (const watcher of told) watcher.found(message)
      changes.tell({ of: 'phone', openid })
      return message
    },
    note(openid: string, act: Omit<PhoneAct, 'id' | 'at'>) {
      const follower = meet(openid)
      lastId += 1
      follower.acts = [...follower.acts, { id: lastId, at: clock.now(), ...act }].slice(-MAX_BUBBLES)
      changes.tell({ of: 'phone', openid })
    },
    /** What is seen of a follower besides the bubbles: typing, following, waiting. */
    set(
      follower: Follower,
      seen: Partial<Pick<Follower, 'following' | 'grants' | 'typingUntil' | 'underWay'>>,
    ) {
      Object.assign(follower, seen)
      changes.tell({ of: 'phone', openid: follower.openid })
    },
    /** The first bubble, shown already or still to come, that matches. */
    waitFor(openid: string, matches: (message: PhoneMessage) => boolean): Promise<PhoneMessage> {
      const shown = find(openid)?.phone.find(matches)
      if (shown) return Promise.resolve(shown)
      return new Promise((found) => {
        watchers.push({ openid, matches, found })
      })
    },
  }
}

export type Followers = ReturnType<typeof createFollowers>
