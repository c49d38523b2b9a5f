import type { Clock } from '../base/clock.ts'
import { type OwnKeySeal, readOwnKey } from '../identity/own-key.ts'
import type { OwnKeys } from '../identity/own-keys.ts'
import type { PersonHash } from '../identity/person-hash.ts'
import type { User } from '../identity/user.ts'
import type { Models } from './models.ts'
import type { RateLimits } from './rate-limits.ts'

/**
 * refused: the provider does not take the key · no-credit: it takes the key, but nothing can be asked with it ·
 * unreachable: the provider could not be asked in time.
 */
export type Binding =
  | { ok: true; channel: string; tail: string }
  | {
      ok: false
      reason: 'not-offered' | 'unknown-channel' | 'malformed' | 'refused' | 'no-credit' | 'unreachable'
    }
  | { ok: false; reason: 'too-many-tries'; retryAfterMs: number }

/** A place to find out which of many keys are good it is not. */
const TRIES = { limit: 10, windowMs: 3_600_000 }

/** Tries the key against its channel, then keeps it, sealed. Without `channel` there has to be one alone that takes keys. */
export const createBindOwnKey = (parts: {
  models: Pick<Models, 'ownKeyChannels' | 'tryKey'>
  seal: Pick<OwnKeySeal, 'seal'>
  ownKeys: Pick<OwnKeys, 'keep'>
  tries: RateLimits
  personHash: Pick<PersonHash, 'limitKey'>
  clock: Pick<Clock, 'now'>
  /** A callback has five seconds in all. */
  timeoutMs: number
}) => {
  const { models, tries } = parts
  return async (
    user: Pick<User, 'id' | 'account' | 'openid'>,
    channel: string | undefined,
    text: string,
  ): Promise<Binding> => {
    const { id: userId } = user
    const channels = models.ownKeyChannels().map(({ code }) => code)
    if (channels.length === 0) return { ok: false, reason: 'not-offered' }
    const code = channel ?? (channels.length === 1 ? channels[0] : undefined)
    if (code === undefined || !channels.includes(code)) return { ok: false, reason: 'unknown-channel' }
    const read = readOwnKey(text)
    if (!read.ok) return { ok: false, reason: 'malformed' }
    const triedBy = `bind:${parts.personHash.limitKey(user)}`
    const allowed = await tries.take(triedBy, TRIES)
    if (!allowed.ok) return { ok: false, reason: 'too-many-tries', retryAfterMs: allowed.retryAfterMs }

    const tried = await models.tryKey(code, read.key, parts.timeoutMs)
    if (tried === 'unknown-channel') return { ok: false, reason: 'unknown-channel' }
    if (tried !== 'good') return { ok: false, reason: tried }
    await tries.giveBack(triedBy, TRIES)
    const sealed = parts.seal.seal({ userId, channel: code, key: read.key })
    await parts.ownKeys.keep(userId, { channel: code, ...sealed }, parts.clock.now())
    return { ok: true, channel: code, tail: sealed.tail }
  }
}

export type BindOwnKey = ReturnType<typeof createBindOwnKey>
