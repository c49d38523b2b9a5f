/**
 * received: committed, nobody works on it · answering: a worker holds the lease · answered: the answer is stored ·
 * failed: there will be none, the user gets an apology with `refusalCode`.
 */
export type TurnStatus = 'received' | 'answering' | 'answered' | 'failed'

export type TurnFailure = 'model-failed' | 'empty-answer' | 'timed-out' | 'no-channel' | 'gave-up'

export type Turn = {
  id: string
  userId: string
  openid: string
  conversationId: string
  status: TurnStatus
  question: string
  answer: string | undefined
  failure: TurnFailure | undefined
  refusalCode: string | undefined
  /** Counts the claims; it fences off a worker whose lease ran out. */
  attempt: number
  createdAt: number
}

export type NewTurn = {
  id: string
  userId: string
  conversationId: string
  messageKey: string
  question: string
  createdAt: number
  doorClosesAt: number
}

export type TurnEnd =
  | { status: 'answered'; answer: string; channel: string; model: string; usage: TokenUsage | undefined }
  | { status: 'failed'; failure: TurnFailure; refusalCode: string }

export type TokenUsage = { promptTokens: number; completionTokens: number }

export type PastTurn = { question: string; answer: string }

export type Turns = {
  /** Commits a turn and its open delivery; answers the id of the turn that has the message, new or not. */
  begin(turn: NewTurn): Promise<{ id: string; isNew: boolean }>
  find(id: string): Promise<Turn | undefined>
  /** Takes the lease if the turn is unfinished and nobody holds it. */
  claim(id: string, now: number, leaseUntil: number): Promise<Turn | undefined>
  /** False when the lease is lost: somebody else has the turn, or it is finished. */
  renew(id: string, attempt: number, leaseUntil: number): Promise<boolean>
  /** Stores how the turn ended, if `attempt` still holds it. */
  end(id: string, attempt: number, end: TurnEnd, now: number): Promise<boolean>
  /** The answered turns before this one, newest first. */
  history(conversationId: string, beforeTurnId: string, limit: number): Promise<PastTurn[]>
  /** Ids of turns that nobody works on, oldest first: what a sweep hands to the queue again. */
  unfinished(now: number, limit: number): Promise<string[]>
}

export const isFinished = (turn: Turn | undefined): turn is Turn =>
  turn?.status === 'answered' || turn?.status === 'failed'
