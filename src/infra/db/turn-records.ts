import type { TurnHead, TurnRecord } from '../../conversation/conversations.ts'
import type { TurnEnding, TurnFailure, TurnStatus } from '../../conversation/turn.ts'

export type TurnRow = {
  id: string
  user_id: string
  conversation_id: string
  status: TurnStatus
  question: string
  answer: string | null
  ending: TurnEnding | null
  failure: TurnFailure | null
  refusal_code: string | null
  asked_model: string | null
  model: string | null
  price: number
  own_key: boolean | number
  charged: boolean | number
  shown_at: number | null
  prompt_tokens: number | null
  completion_tokens: number | null
  on_page: boolean | number
  created_at: number
  ended_at: number | null
}

export const TURN_COLUMNS = [
  ...(['id', 'user_id', 'conversation_id', 'status', 'question', 'answer', 'ending', 'failure'] as const),
  ...(['refusal_code', 'asked_model', 'model', 'price', 'own_key', 'charged', 'shown_at'] as const),
  ...(['prompt_tokens', 'completion_tokens', 'on_page', 'created_at', 'ended_at'] as const),
]

/** What was not noted as shown is not shown. */
export const toTurnRecord = (row: TurnRow): TurnRecord => ({
  ...toTurnHead(row),
  answer: row.shown_at === null ? undefined : (row.answer ?? undefined),
})

export const toTurnHead = (row: TurnRow): TurnHead => ({
  id: row.id,
  userId: row.user_id,
  conversationId: row.conversation_id,
  status: row.status,
  question: row.question,
  ending: row.ending ?? undefined,
  failure: row.failure ?? undefined,
  refusalCode: row.refusal_code ?? undefined,
  cost: { model: row.asked_model ?? undefined, price: row.price, ownKey: Boolean(row.own_key) },
  model: row.model ?? undefined,
  usage:
    row.prompt_tokens === null || row.completion_tokens === null
      ? undefined
      : { promptTokens: row.prompt_tokens, completionTokens: row.completion_tokens },
  charged: row.charged ? row.price : 0,
  shown: row.shown_at !== null,
  onPage: Boolean(row.on_page),
  createdAt: row.created_at,
  endedAt: row.ended_at ?? undefined,
})
