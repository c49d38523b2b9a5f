import { ref, shallowRef } from 'vue'
import type { Conversation, Problem } from '../../../src/http/contract.ts'
import {
  changeConversation,
  deleteConversation,
  getConversation,
  getConversations,
  newConversation,
} from '../api/api.ts'
import { loadMe } from './session.ts'

/** Newest first, as far as it was asked for. */
export const conversations = shallowRef<Conversation[]>([])
const next = shallowRef<string>()
export const hasMore = ref(false)
export const listProblem = shallowRef<Problem>()

/** The first page again; what was loaded behind it stays. */
export const loadConversations = async (): Promise<void> => {
  const answer = await getConversations()
  listProblem.value = answer.ok ? undefined : answer.problem
  if (!answer.ok) return
  const oldest = answer.value.at(-1)?.updatedAt ?? 0
  const fresh = new Set(answer.value.map(({ id }) => id))
  const behind =
    answer.next === undefined
      ? []
      : conversations.value.filter(({ id, updatedAt }) => !fresh.has(id) && updatedAt <= oldest)
  conversations.value = [...answer.value, ...behind]
  if (behind.length > 0) return
  next.value = answer.next
  hasMore.value = answer.next !== undefined
}

export const loadMoreConversations = async (): Promise<void> => {
  if (next.value === undefined) return
  const answer = await getConversations(next.value)
  listProblem.value = answer.ok ? undefined : answer.problem
  if (!answer.ok) return
  const known = new Set(conversations.value.map(({ id }) => id))
  conversations.value = [...conversations.value, ...answer.value.filter(({ id }) => !known.has(id))]
  next.value = answer.next
  hasMore.value = answer.next !== undefined
}

const replace = (changed: Conversation): void => {
  conversations.value = conversations.value.some(({ id }) => id === changed.id)
    ? conversations.value.map((each) => (each.id === changed.id ? changed : each))
    : [changed, ...conversations.value]
}

/** One that is not in the list yet: an old one that a link leads to. */
export const findConversation = async (id: string): Promise<Problem | undefined> => {
  if (conversations.value.some((each) => each.id === id)) return undefined
  const answer = await getConversation(id)
  if (!answer.ok) return answer.problem
  if (!conversations.value.some((each) => each.id === id)) {
    conversations.value = [...conversations.value, answer.value].sort((a, b) => b.updatedAt - a.updatedAt)
  }
  return undefined
}

/** An empty one, or the one that is empty still. */
export const startConversation = async (): Promise<Conversation | Problem> => {
  const empty = conversations.value.find(({ turns, title }) => turns === 0 && title === null)
  if (empty) return empty
  const answer = await newConversation({})
  if (!answer.ok) return answer.problem
  replace(answer.value)
  return answer.value
}

export const renameConversation = async (id: string, title: string): Promise<Problem | undefined> => {
  const answer = await changeConversation(id, { title })
  if (!answer.ok) return answer.problem
  replace(answer.value)
  return undefined
}

export const continueInWechat = async (id: string): Promise<Problem | undefined> => {
  const answer = await changeConversation(id, { inWechat: true })
  if (!answer.ok) return answer.problem
  conversations.value = conversations.value.map((each) => ({ ...each, inWechat: each.id === id }))
  void loadMe()
  return undefined
}

export const removeConversation = async (id: string): Promise<Problem | undefined> => {
  const answer = await deleteConversation(id)
  if (!answer.ok && answer.problem.status !== 404) return answer.problem
  conversations.value = conversations.value.filter((each) => each.id !== id)
  // WeChat may write to another one now.
  await Promise.all([loadMe(), loadConversations()])
  return undefined
}

export const forgetConversations = (): void => {
  conversations.value = []
  next.value = undefined
  hasMore.value = false
  listProblem.value = undefined
}
