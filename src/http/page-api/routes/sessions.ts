import { z } from 'zod'
import type { App } from '../../../app.ts'
import { session as schema } from '../../contract.ts'
import { FORGET_SESSION } from '../cookies.ts'
import { sessionOf } from '../present.ts'
import { type Route, refuse, route } from '../route.ts'

export const sessionRoutes = (sessions: App['login']['sessions']): Route[] => [
  route({
    ...{ method: 'get', path: '/api/sessions', about: 'Where one is logged in', perMinute: 120 },
    answers: { status: 200, schema: z.array(schema) },
    async handle({ user, session, now }) {
      const all = await sessions.list(user.id, now)
      return { status: 200, body: all.map((each) => sessionOf(each, session.id)) }
    },
  }),
  route({
    ...{ method: 'delete', path: '/api/sessions', about: 'Logs out everywhere, here as well', perMinute: 60 },
    answers: { status: 204 },
    async handle({ user }) {
      await sessions.revokeAll(user.id)
      return { status: 204, cookies: [FORGET_SESSION] }
    },
  }),
  route({
    ...{ method: 'delete', path: '/api/sessions/:id', about: 'Ends one session', perMinute: 60 },
    params: z.object({ id: z.string().max(60) }),
    answers: { status: 204 },
    async handle({ user, session, params }) {
      if (!(await sessions.revoke(user.id, params.id))) return refuse('not-found')
      return { status: 204, cookies: params.id === session.id ? [FORGET_SESSION] : [] }
    },
  }),
]
