import { z } from 'zod'
import type { App } from '../../../app.ts'
import type { ConversationPlace } from '../../../conversation/conversations.ts'
import type { Locale } from '../../../conversation/texts.ts'
import {
  conversation,
  conversationChange,
  newConversation,
  pageQuery,
  turn,
  turnsQuery,
} from '../../contract.ts'
import { conversationOf, turnOf } from '../present.ts'
import { type Route, refuse, route } from '../route.ts'

const params = z.object({ id: z.string().max(60) })

export const conversationRoutes = (page: App['page'], locale: Locale): Route[] => {
  const { conversations } = page
  return [
    route({
      ...{ method: 'get', path: '/api/conversations', about: 'Used last, first', perMinute: 240 },
      query: pageQuery,
      answers: { status: 200, schema: z.array(conversation) },
      problems: ['invalid-input'],
      async handle({ user, query }) {
        const after = query.after === undefined ? undefined : readPlace(query.after)
        if (query.after !== undefined && !after)
          return refuse('invalid-input', {
            errors: [{ field: 'after', message: 'is no place in this list' }],
          })
        const found = await conversations.list(user.id, { limit: query.limit, after })
        const last = found.length === query.limit ? found.at(-1) : undefined
        const next = last && `/api/conversations?limit=${query.limit}&after=${placeOf(last)}`
        return {
          ...{ status: 200, body: found.map((each) => conversationOf(each, user)) },
          headers: linkTo(next),
        }
      },
    }),

    route({
      ...{ method: 'post', path: '/api/conversations', about: 'Begins a new one', perMinute: 60 },
      body: newConversation,
      answers: { status: 201, schema: conversation },
      problems: ['card-in-text', 'key-in-text'],
      async handle({ user, body, now }) {
        const secret = body.title === undefined ? undefined : page.secretIn(body.title)
        if (secret) return refuse(`${secret}-in-text`)
        const made = await conversations.create(user.id, now)
        if (body.title !== undefined) await conversations.rename(user.id, made.id, body.title)
        const named = { ...made, title: body.title ?? made.title }
        return { status: 201, body: conversationOf(named, user) }
      },
    }),

    route({
      ...{ method: 'get', path: '/api/conversations/:id', about: 'One of them', perMinute: 240, params },
      answers: { status: 200, schema: conversation },
      async handle({ user, params }) {
        const found = await conversations.find(user.id, params.id)
        return found ? { status: 200, body: conversationOf(found, user) } : refuse('not-found')
      },
    }),

    route({
      ...{ method: 'patch', path: '/api/conversations/:id', perMinute: 60, params },
      about: 'Names it, or goes on with it in WeChat',
      body: conversationChange,
      answers: { status: 200, schema: conversation },
      problems: ['card-in-text', 'key-in-text'],
      async handle({ user, params: { id }, body }) {
        const secret = body.title === undefined ? undefined : page.secretIn(body.title)
        if (secret) return refuse(`${secret}-in-text`)
        if (body.title !== undefined && !(await conversations.rename(user.id, id, body.title)))
          return refuse('not-found')
        if (body.inWechat && !(await page.users.continueIn(user.id, id))) return refuse('not-found')
        const found = await conversations.find(user.id, id)
        if (!found) return refuse('not-found')
        return { status: 200, body: conversationOf(found, body.inWechat ? { conversationId: id } : user) }
      },
    }),

    route({
      ...{ method: 'delete', path: '/api/conversations/:id', about: 'Deletes it', perMinute: 60, params },
      answers: { status: 204 },
      async handle({ user, params, now }) {
        return (await conversations.remove(user.id, params.id, now)) ? { status: 204 } : refuse('not-found')
      },
    }),

    route({
      ...{ method: 'get', path: '/api/conversations/:id/turns', perMinute: 240, params },
      about: 'Questions and answers, newest last; the next page is the one before',
      query: turnsQuery,
      answers: { status: 200, schema: z.array(turn) },
      async handle({ user, params: { id }, query, now }) {
        if (!(await conversations.find(user.id, id))) return refuse('not-found')
        const found = await conversations.turns(user.id, id, query, now)
        const first = found.length === query.limit ? found[0] : undefined
        const next = first && `/api/conversations/${id}/turns?limit=${query.limit}&before=${first.id}`
        return { status: 200, body: found.map((each) => turnOf(each, locale)), headers: linkTo(next) }
      },
    }),
  ]
}

/** https://www.rfc-editor.org/rfc/rfc8288 */
const linkTo = (next: string | undefined): { [name: string]: string } =>
  next === undefined ? {} : { link: `<${next}>; rel="next"` }

const placeOf = ({ updatedAt, id }: ConversationPlace): string => `${updatedAt}.${id}`

const readPlace = (text: string): ConversationPlace | undefined => {
  const [, updatedAt, id] = /^(\d{1,15})\.(cnv_\w{1,36})$/.exec(text) ?? []
  return updatedAt === undefined || id === undefined ? undefined : { updatedAt: Number(updatedAt), id }
}
