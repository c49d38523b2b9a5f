import type { App } from '../../../app.ts'
import type { Binding } from '../../../conversation/bind-own-key.ts'
import { ownKey, ownKeyBody } from '../../contract.ts'
import { type Answer, type Route, refuse, route } from '../route.ts'

export const ownKeyRoutes = (page: App['page']): Route[] => [
  route({
    ...{ method: 'put', path: '/api/own-key', perMinute: 20 },
    about: 'Tries a key against its channel, and binds it: questions then cost no calls',
    body: ownKeyBody,
    answers: { status: 200, schema: ownKey },
    problems: [
      ...(['own-key-malformed', 'own-key-refused', 'own-key-no-credit', 'own-key-unreachable'] as const),
      ...(['own-keys-not-offered', 'unknown-channel', 'too-many-tries'] as const),
    ],
    async handle({ user, body }) {
      const binding = await page.bind(user, body.channel, body.key)
      if (!binding.ok) return refusedKey(binding)
      return { status: 200, body: { channel: binding.channel, tail: binding.tail } }
    },
  }),
  route({
    ...{ method: 'delete', path: '/api/own-key', about: 'Forgets the own key', perMinute: 20 },
    answers: { status: 204 },
    async handle({ user }) {
      await page.unbind(user.id)
      return { status: 204 }
    },
  }),
]

const refusedKey = (binding: Exclude<Binding, { ok: true }>): Answer => {
  const wrong = (field: string) => ({ errors: [{ field, message: binding.reason }] })
  switch (binding.reason) {
    case 'not-offered':
      return refuse('own-keys-not-offered')
    case 'unknown-channel':
      return refuse('unknown-channel', wrong('channel'))
    case 'malformed':
      return refuse('own-key-malformed', wrong('key'))
    case 'refused':
      return refuse('own-key-refused', wrong('key'))
    case 'no-credit':
      return refuse('own-key-no-credit', wrong('key'))
    case 'unreachable':
      return refuse('own-key-unreachable')
    case 'too-many-tries':
      return refuse('too-many-tries', { retryAfterMs: binding.retryAfterMs })
  }
}
