import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { isWechatFailure } from './api-errors.ts'
import type { Reading } from './error-codes.ts'
import { postJson } from './post-json.ts'
import type { StoredToken, TokenStore } from './token-store.ts'

export type AccessToken = {
  /** A token to call with. Any number of callers, in any number of processes, cause one call. */
  get(): Promise<string>
  /** After 40001, 40014 or 42001: another token than `rejected`, or `rejected` itself when WeChat insists on it. */
  renew(rejected: string): Promise<string>
}

export type AccessTokenOptions = {
  appId: string
  appSecret: string
  apiBase: string
  fetch: typeof fetch
  store: TokenStore
  clock: Clock
  log: Log
  /** For one token call, of which a renewal makes two at most. */
  timeoutMs?: number
}

/** WeChat renews a stable token 300 s before its end, so 200 s before it a repeat call yields the next one. */
const MARGIN_MS = 200_000

/** A second forced refresh within this time does nothing. */
const FORCE_EVERY_MS = 30_000

/** In a token call 40001 means a wrong secret: no newer token will help. */
const READINGS: ReadonlyMap<number, Reading> = new Map([
  [
    40001,
    {
      advice: 'alarm',
      hint: {
        zh: 'AppSecret 不对：请检查 WECHAT_APP_SECRET',
        en: 'the app secret is wrong; check WECHAT_APP_SECRET',
      },
    },
  ],
])

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.int().positive() })

/**
 * The account's stable access token, cached in `store`. The isolated plain `/cgi-bin/token` is never used: every call
 * of it would kill the token before.
 * https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
 * @throws WechatApiError, WechatNetworkError, and whatever `store` throws, from both functions
 */
export const createAccessToken = (options: AccessTokenOptions): AccessToken => {
  const { appId, appSecret, apiBase, fetch, store, clock, log, timeoutMs = 5000 } = options
  const flights = new Map<string, Promise<string>>()

  const ask = async (force: boolean, rejected: string): Promise<StoredToken> => {
    const askedAt = clock.now()
    const { access_token, expires_in } = await postJson({
      fetch,
      apiBase,
      path: '/cgi-bin/stable_token',
      body: { grant_type: 'client_credential', appid: appId, secret: appSecret, force_refresh: force },
      answer: Answer,
      timeoutMs,
      secrets: [appSecret, rejected],
      readings: READINGS,
    }).catch((err: unknown) => {
      log.error({ err, hint: isWechatFailure(err) ? err.hint : undefined }, 'WeChat gave no access token')
      throw err
    })
    log.info({ lifetimeS: expires_in, force }, 'fetched an access token')
    const lifetimeMs = expires_in * 1000
    // The stored expiry is the end of use. A token of 300 s, the shortest, is used for 200 s.
    const usableMs = Math.floor(Math.max(lifetimeMs - MARGIN_MS, (lifetimeMs * 2) / 3))
    return { value: access_token, expiresAt: askedAt + usableMs }
  }

  const refresh = async (rejected: string): Promise<string> => {
    // Another process may have fetched while this one waited for the lock.
    const stored = await store.read()
    if (stored && stored.value !== rejected) return stored.value

    const forcedAt = stored?.forcedAt === undefined ? {} : { forcedAt: stored.forcedAt }
    const given = { ...(await ask(false, rejected)), ...forcedAt }
    const forcedLately = given.forcedAt !== undefined && clock.now() - given.forcedAt < FORCE_EVERY_MS
    if (given.value !== rejected || forcedLately) {
      if (given.value === rejected) log.warn({}, 'WeChat insists on an access token that it rejected')
      await store.write(given)
      return given.value
    }
    // Noted before the call: a forced refresh whose answer is lost counts against the daily 20 as well.
    const forced = { forcedAt: clock.now() }
    await store.write({ ...given, ...forced })
    const renewed = await ask(true, rejected)
    await store.write({ ...renewed, ...forced })
    return renewed.value
  }

  const single = (rejected: string): Promise<string> => {
    const running = flights.get(rejected)
    if (running) return running
    const flight = store.exclusively(() => refresh(rejected)).finally(() => flights.delete(rejected))
    flights.set(rejected, flight)
    return flight
  }

  return {
    async get() {
      const stored = await store.read()
      // A token that is being renewed has been rejected: wait for its successor.
      return stored ? (flights.get(stored.value) ?? stored.value) : single('')
    },
    renew: single,
  }
}
