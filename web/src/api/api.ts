import type {
  Asked,
  Conversation,
  ConversationChange,
  LoginBody,
  LoginTicket,
  Me,
  MeChange,
  Model,
  NewConversation,
  NewTurn,
  OwnKeyBody,
  RedeemBody,
  Redeemed,
  Session,
  Site,
  Stopped,
  Turn,
  UsageDay,
} from '../../../src/http/contract.ts'
import { type Answer, request } from './request.ts'

const at = (id: string) => encodeURIComponent(id)

export const getSite = () => request<Site>('/api/site')

export const openTicket = () => request<LoginTicket>('/api/login/tickets', { method: 'POST' })
export const logIn = (body: LoginBody) => request<Me>('/api/login', { method: 'POST', body })
export const logOut = () => request<void>('/api/logout', { method: 'POST' })
export const oauthPath = (to: string): string => `/api/login/oauth?to=${encodeURIComponent(to)}`

export const getMe = () => request<Me>('/api/me')
export const changeMe = (body: MeChange) => request<Me>('/api/me', { method: 'PATCH', body })
export const forgetMe = () => request<void>('/api/me', { method: 'DELETE' })
export const exportPath = '/api/export'

export const getModels = () => wholeList<Model>('/api/models')
export const getSessions = () => wholeList<Session>('/api/sessions')
export const endSession = (id: string) => request<void>(`/api/sessions/${at(id)}`, { method: 'DELETE' })
export const endSessions = () => request<void>('/api/sessions', { method: 'DELETE' })

export const redeem = (body: RedeemBody) => request<Redeemed>('/api/cards/redeem', { method: 'POST', body })
export const bindOwnKey = (body: OwnKeyBody) => request<unknown>('/api/own-key', { method: 'PUT', body })
export const unbindOwnKey = () => request<void>('/api/own-key', { method: 'DELETE' })
export const getUsage = (days: number) => request<UsageDay[]>(`/api/usage?days=${days}`)

export const getConversations = (next?: string) => request<Conversation[]>(next ?? '/api/conversations')
export const getConversation = (id: string) => request<Conversation>(`/api/conversations/${at(id)}`)
export const newConversation = (body: NewConversation) =>
  request<Conversation>('/api/conversations', { method: 'POST', body })
export const changeConversation = (id: string, body: ConversationChange) =>
  request<Conversation>(`/api/conversations/${at(id)}`, { method: 'PATCH', body })
export const deleteConversation = (id: string) =>
  request<void>(`/api/conversations/${at(id)}`, { method: 'DELETE' })

export const getTurns = (conversationId: string, limit: number) =>
  request<Turn[]>(`/api/conversations/${at(conversationId)}/turns?limit=${limit}`)
export const getTurnsAt = (next: string) => request<Turn[]>(next)
export const getTurn = (id: string) => request<Turn>(`/api/turns/${at(id)}`)
export const ask = (conversationId: string, body: NewTurn, idempotencyKey: string) =>
  request<Asked>(`/api/conversations/${at(conversationId)}/turns`, { method: 'POST', body, idempotencyKey })
export const stopTurn = (id: string) => request<Stopped>(`/api/turns/${at(id)}/stop`, { method: 'POST' })

/** All of a list that is short by nature. */
const wholeList = async <Item>(path: string): Promise<Answer<Item[]>> => {
  const all: Item[] = []
  let next: string | undefined = path
  for (let page = 0; next !== undefined && page < 10; page += 1) {
    const answer: Answer<Item[]> = await request<Item[]>(next)
    if (!answer.ok) return answer
    all.push(...answer.value)
    next = answer.next
  }
  return { ok: true, value: all, next }
}
