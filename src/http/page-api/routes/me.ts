import { z } from 'zod'
import type { App } from '../../../app.ts'
import type { Session } from '../../../identity/sessions.ts'
import type { User } from '../../../identity/user.ts'
import { type Me, me, meChange, model, usageDay, usageQuery } from '../../contract.ts'
import { FORGET_SESSION } from '../cookies.ts'
import { type Route, refuse, route } from '../route.ts'

const DAY_MS = 86_400_000

export const meRoutes = (
  page: App['page'],
  meOf: (user: User, session: Session, now: number) => Promise<Me>,
): Route[] => [
  route({
    ...{ method: 'get', path: '/api/me', about: 'Who one is, and what is left', perMinute: 240 },
    answers: { status: 200, schema: me },
    handle: async ({ user, session, now }) => ({ status: 200, body: await meOf(user, session, now) }),
  }),

  route({
    ...{ method: 'patch', path: '/api/me', about: 'Chooses the model for what is asked next', perMinute: 60 },
    body: meChange,
    answers: { status: 200, schema: me },
    problems: ['model-unavailable'],
    async handle({ user, session, body, now }) {
      const { model: chosen } = body
      const known = chosen === null || page.models.usableBy(user).some(({ id }) => id === chosen)
      if (!known)
        return refuse('model-unavailable', { errors: [{ field: 'model', message: 'is not on offer' }] })
      await page.users.chooseModel(user.id, chosen ?? undefined)
      return { status: 200, body: await meOf({ ...user, model: chosen ?? undefined }, session, now) }
    },
  }),

  route({
    ...{ method: 'delete', path: '/api/me', about: 'Forgets everything about the user', perMinute: 10 },
    needsFreshLogin: true,
    answers: { status: 204 },
    async handle({ user }) {
      await page.erase(user)
      return { status: 204, cookies: [FORGET_SESSION] }
    },
  }),

  route({
    ...{ method: 'get', path: '/api/models', about: 'What may be asked, at what price', perMinute: 240 },
    answers: { status: 200, schema: z.array(model) },
    async handle({ user }) {
      const usable = page.models.usableBy(user)
      return {
        status: 200,
        body: usable.map(({ id, channels, price }) => ({ id, channels: [...channels], price })),
      }
    },
  }),

  route({
    ...{
      method: 'get',
      path: '/api/usage',
      about: 'Calls and questions by day, oldest first',
      perMinute: 60,
    },
    query: usageQuery,
    answers: { status: 200, schema: z.array(usageDay) },
    async handle({ user, query, now }) {
      return { status: 200, body: await page.usageOf(user.id, now - (query.days - 1) * DAY_MS, now) }
    },
  }),

  route({
    ...{ method: 'get', path: '/api/export', about: 'Everything about the user, as a file', perMinute: 6 },
    needsFreshLogin: true,
    answers: { status: 200, file: 'JSON with records, ledger and conversations.' },
    handle: async ({ user }) => ({ download: 'yingda-export.json', pieces: page.exportOf(user.id) }),
  }),
]
