import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { Account, Random } from './account.ts'
import {
  CLASSIC_TOKENS_PER_DAY,
  FORCE_APART_MS,
  FORCES_PER_DAY,
  TOKEN_LIFE_MS,
  TOKEN_OVERLAP_MS,
} from './rules.ts'

type Token = { value: string; expiresAt: number }

type Issued = { access_token: string; expires_in: number }

const asked = z.object({
  grant_type: z.string().optional(),
  appid: z.string().optional(),
  secret: z.string().optional(),
  force_refresh: z.boolean().optional(),
})

const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** Counts calls of one Shanghai day. */
const createDailyLimit = (clock: Clock, most: number) => {
  let day = -1
  let used = 0
  return (): boolean => {
    const today = Math.floor((clock.now() + SHANGHAI_MS) / DAY_MS)
    if (today !== day) used = 0
    day = today
    used += 1
    return used <= most
  }
}

/**
 * Access tokens of both kinds, which know nothing of each other. Numbers returned are error codes.
 * Source: https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html
 */
export const createAccessTokens = (account: Account, clock: Clock, random: Random) => {
  let known: Token[] = []
  let stable: Token | undefined
  let classic: Token | undefined
  let forcedAt = Number.NEGATIVE_INFINITY
  const mayForce = createDailyLimit(clock, FORCES_PER_DAY)
  const mayIssueClassic = createDailyLimit(clock, CLASSIC_TOKENS_PER_DAY)

  /** 512 characters: as long as the documents ask callers to make room for. */
  const issue = (): Token => {
    const value = `68_${random(382).toString('base64url').slice(0, 509)}`
    const token = { value, expiresAt: clock.now() + TOKEN_LIFE_MS }
    known = [...known.filter(({ expiresAt }) => clock.now() - expiresAt < DAY_MS), token]
    return token
  }

  /** A killed token is forgotten, so that it reads as "not latest" and not as expired. */
  const kill = (token: Token | undefined) => {
    known = known.filter((other) => other !== token)
  }

  const answer = ({ value, expiresAt }: Token): Issued => ({
    access_token: value,
    expires_in: Math.floor((expiresAt - clock.now()) / 1000),
  })

  const refuse = (request: z.infer<typeof asked>): number | undefined => {
    if (request.grant_type !== 'client_credential') return 40002
    if (!request.appid) return 41002
    if (request.appid !== account.appId) return 40013
    if (!request.secret) return 41004
    if (request.secret === account.appSecret) return undefined
    return /^[0-9a-f]{32}$/.test(request.secret) ? 40001 : 40125
  }

  return {
    /** The same token until five minutes before its end. A forced one kills its predecessor, at most every 30 s. */
    stable(body: unknown): Issued | number {
      const request = asked.safeParse(body)
      if (!request.success) return 47001
      const refusal = refuse(request.data)
      if (refusal) return refusal
      const now = clock.now()
      if (request.data.force_refresh && now - forcedAt >= FORCE_APART_MS) {
        if (!mayForce()) return 45009
        kill(stable)
        stable = issue()
        forcedAt = now
      } else if (!stable || stable.expiresAt - now <= TOKEN_OVERLAP_MS) {
        stable = issue()
      }
      return answer(stable)
    },

    /** A new token each time; the one before it lives five minutes at most. */
    classic(query: URLSearchParams): Issued | number {
      const request = asked.parse(Object.fromEntries([...query].filter(([name]) => name !== 'force_refresh')))
      const refusal = refuse(request)
      if (refusal) return refusal
      if (!mayIssueClassic()) return 45009
      if (classic) classic.expiresAt = Math.min(classic.expiresAt, clock.now() + TOKEN_OVERLAP_MS)
      classic = issue()
      return answer(classic)
    },

    /** The error code for a call with this token, or undefined when it is good. */
    refusal(value: string | null): number | undefined {
      if (!value) return 41001
      if (!/^\d+_[\w-]{100,509}$/.test(value)) return 40014
      const token = known.find((other) => other.value === value)
      if (!token) return 40001
      return clock.now() < token.expiresAt ? undefined : 42001
    },

    expireAll() {
      for (const token of known) token.expiresAt = Math.min(token.expiresAt, clock.now())
    },
  }
}

export type AccessTokens = ReturnType<typeof createAccessTokens>
