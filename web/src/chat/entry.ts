import { type ShallowReactive, shallowReactive } from 'vue'
import type { Problem, Turn } from '../../../src/http/contract.ts'

/** A turn as it is shown. `said` is what was heard of its answer so far; `isLost` while the line is down. */
export type Entry = ShallowReactive<{ turn: Turn; said: string; isLost: boolean }>

/** A question on its way, or one that the service would not take. */
export type Unsent = ShallowReactive<{
  key: string
  text: string
  model: string | undefined
  problem: Problem | undefined
}>

export const entryOf = (turn: Turn): Entry => shallowReactive({ turn, said: '', isLost: false })

export const isRunning = ({ status }: Turn): boolean => status === 'waiting' || status === 'answering'

/** What has just been asked, before the service tells of it. */
export const askedTurn = (
  id: string,
  conversationId: string,
  question: string,
  model: string | undefined,
): Turn => ({
  ...{ id, conversationId, status: 'waiting', question, answer: null, ending: null, failure: null },
  ...{ model: model ?? null, usage: null, charged: 0, via: 'page', createdAt: Date.now(), endedAt: null },
})
