import { z } from 'zod'
import type { App } from '../../../app.ts'
import type { Asked } from '../../../conversation/ask-on-page.ts'
import type { Locale } from '../../../conversation/texts.ts'
import { asked, idempotencyKey, newTurn, stopped, turn, turnEvents } from '../../contract.ts'
import { endOf, turnOf } from '../present.ts'
import { type Answer, type Route, refuse, route } from '../route.ts'
import { badKey } from './cards.ts'

const params = z.object({ id: z.string().max(60) })
/** A browser opens six at most. */
const MOST_BY_USER = 10

export const turnRoutes = (page: App['page'], locale: Locale): Route[] => [
  route({
    ...{ method: 'post', path: '/api/conversations/:id/turns', about: 'Asks', perMinute: 120, params },
    body: newTurn,
    headers: { 'Idempotency-Key': idempotencyKey },
    answers: { status: 201, schema: asked },
    problems: [
      ...(['no-calls', 'blocked', 'words-refused', 'model-unavailable', 'too-fast'] as const),
      'question-too-long' as const,
      ...(['too-many-waiting', 'idempotency-key-reused', 'card-in-text', 'key-in-text'] as const),
    ],
    async handle({ user, params, body, header }) {
      const key = idempotencyKey.optional().safeParse(header('idempotency-key'))
      if (!key.success) return refuse('invalid-input', badKey)
      const done = await page.ask({
        ...{ user, conversationId: params.id, text: body.text.toWellFormed(), model: body.model },
        // Somebody else's key may be the same.
        idempotencyKey: key.data === undefined ? undefined : `${user.id} ${key.data}`,
      })
      return done.ok ? { status: 201, body: { turnId: done.turnId } } : notAsked(done)
    },
  }),

  route({
    ...{
      method: 'get',
      path: '/api/turns/:id',
      about: 'One question and its answer',
      perMinute: 240,
      params,
    },
    answers: { status: 200, schema: turn },
    async handle({ user, params, now }) {
      const found = await page.conversations.readTurn(user.id, params.id, now)
      return found ? { status: 200, body: turnOf(found, locale) } : refuse('not-found')
    },
  }),

  route({
    ...{ method: 'get', path: '/api/turns/:id/events', perMinute: 240, params },
    about: 'The answer as it is being written; with Last-Event-ID from where one was',
    headers: { 'Last-Event-ID': z.string().max(100) },
    answers: { status: 200, events: turnEvents },
    async handle({ user, params, header }) {
      const found = await page.conversations.findTurn(user.id, params.id)
      if (!found) return refuse('not-found')
      const lastId = header('last-event-id')?.slice(0, 100)
      return {
        slots: [{ key: `person ${page.limitKey(user)}`, most: MOST_BY_USER }],
        async stream({ send, gone }) {
          let { shown } = found
          for await (const event of page.follow(found, lastId, gone)) {
            const { id } = event
            shown ||= event.type === 'delta'
            const said =
              event.type === 'start'
                ? ({ type: 'start', data: {} } as const)
                : event.type === 'delta'
                  ? ({ type: 'delta', data: { text: event.text } } as const)
                  : endOf(event.turn, locale, shown ? found.cost.price : 0)
            if (!(await send({ id, ...said }))) return
          }
        },
      }
    },
  }),

  route({
    ...{ method: 'post', path: '/api/turns/:id/stop', perMinute: 120, params },
    about: 'Stops the answer; what was said stays',
    answers: { status: 200, schema: stopped },
    async handle({ user, params }) {
      if (!(await page.conversations.findTurn(user.id, params.id))) return refuse('not-found')
      return { status: 200, body: { stopped: await page.stop(user.id, params.id) } }
    },
  }),
]

const notAsked = (asked: Exclude<Asked, { ok: true }>): Answer => {
  switch (asked.reason) {
    case 'no-conversation':
      return refuse('not-found')
    case 'key-reused':
      return refuse('idempotency-key-reused')
    case 'gone':
      return refuse('login-required')
    case 'refused':
      return refusedBy(asked)
  }
}

/** What the rules say in WeChat names words to send there: where these would not help, the page has its own. */
const refusedBy = ({ refusal, text }: Extract<Asked, { reason: 'refused' }>): Answer => {
  const { rule, code: refusalCode } = refusal
  switch (rule) {
    case 'blocked':
      return refuse('blocked', { refusalCode, detail: text })
    case 'rate':
      return refuse('too-fast', { refusalCode, detail: text })
    case 'words':
    case 'answer-words':
      return refuse('words-refused', { refusalCode, detail: text })
    case 'length':
      return refuse('question-too-long', {
        refusalCode,
        detail: text,
        errors: [{ field: 'text', message: 'is too long for the model' }],
      })
    case 'waiting':
      return refuse('too-many-waiting', { refusalCode, detail: text })
    case 'model':
      return refuse('model-unavailable', {
        ...{ refusalCode, errors: [{ field: 'model', message: 'is not on offer' }] },
      })
    case 'quota':
      return refuse('no-calls', { refusalCode })
    case 'card-in-text':
    case 'key-in-text':
      return refuse(rule, { refusalCode })
    case 'card':
      return refuse('card-refused', { refusalCode })
  }
}
