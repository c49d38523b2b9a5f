import type { App } from '../../../app.ts'
import { shanghaiDate } from '../../../base/shanghai-day.ts'
import type { Redeeming } from '../../../conversation/redeem-for-user.ts'
import { idempotencyKey, redeemBody, redeemed } from '../../contract.ts'
import { quotaOf } from '../present.ts'
import { type Answer, type Route, refuse, route } from '../route.ts'

export const cardRoutes = (page: App['page']): Route[] => [
  route({
    ...{ method: 'post', path: '/api/cards/redeem', about: 'Redeems a card key', perMinute: 30 },
    body: redeemBody,
    headers: { 'Idempotency-Key': idempotencyKey },
    answers: { status: 200, schema: redeemed },
    problems: ['card-malformed', 'card-refused', 'card-already-yours', 'card-too-late', 'too-many-tries'],
    async handle({ user, body, ip, now, header }) {
      const act = idempotencyKey.optional().safeParse(header('idempotency-key'))
      if (!act.success) return refuse('invalid-input', badKey)
      const redeeming = await page.redeem(user, body.key, act.data, ip, now)
      if (!redeeming.ok) return refusedCard(redeeming)
      const { calls, expiresAt = null, balance } = redeeming
      return { status: 200, body: { calls, expiresAt, quota: quotaOf(balance) } }
    },
  }),
]

export const badKey = {
  errors: [{ field: 'Idempotency-Key', message: 'has to be 1 to 200 printable characters without a space' }],
}

const refusedCard = (redeeming: Exclude<Redeeming, { ok: true }>): Answer => {
  const errors = [{ field: 'key', message: redeeming.reason }]
  switch (redeeming.reason) {
    case 'malformed':
      return refuse('card-malformed', { errors })
    case 'wrong':
      return refuse(
        'card-refused',
        redeeming.refusalCode === undefined ? {} : { refusalCode: redeeming.refusalCode },
      )
    case 'yours':
      return refuse('card-already-yours', { values: { date: shanghaiDate(redeeming.at) } })
    case 'too-late':
      return refuse('card-too-late', { values: { date: redeeming.redeemBy } })
    case 'too-many-tries':
      return refuse('too-many-tries', { retryAfterMs: redeeming.retryAfterMs })
  }
}
