import type { Incoming } from './incoming.ts'

/**
 * received: committed · queued: the queue has it · answering: a worker holds the lease · answered: the answer is stored ·
 * failed: there will be none, the user gets an apology with `refusalCode`.
 */
export type TurnStatus = 'received' | 'queued' | 'answering' | 'answered' | 'failed'

/** stopped: by the user, before a word was said. */
export type TurnFailure = 'model-failed' | 'empty-answer' | 'timed-out' | 'no-channel' | 'gave-up' | 'stopped'

/** How an answered turn came to its end. */
export type TurnEnding = 'whole' | 'cut-off' | 'stopped'

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
  /** The user has had enough of it. */
  stopRequested: boolean
  createdAt: number
  endedAt: number | undefined
}

/** A question of `userId`, asked by `incoming`, which remembers the turn. */
export type NewTurn = {
  id: string
  userId: string
  conversationId: string
  question: string
  incoming: Incoming
}

export type TurnEnd =
  | {
      status: 'answered'
      ending: TurnEnding
      answer: string
      channel: string
      model: string
      usage: TokenUsage | undefined
    }
  | { status: 'failed'; failure: TurnFailure; refusalCode: string }

export type TokenUsage = { promptTokens: number; completionTokens: number }

export type PastTurn = { question: string; answer: string }

export type Turns = {
  /** Commits a turn and its open delivery; answers the id of the turn that has the message, new or not. */
  begin(turn: NewTurn): Promise<{ id: string; isNew: boolean }>
  /** Adds to a question that nobody has begun to answer; false when it is too late. `incoming` remembers the turn. */
  append(id: string, text: string, incoming: Incoming): Promise<boolean>
  find(id: string): Promise<Turn | undefined>
  markQueued(id: string): Promise<void>
  /** Takes the lease if the turn is unfinished and nobody holds it. */
  claim(id: string, now: number, leaseUntil: number): Promise<Turn | undefined>
  /** `lost`: somebody else has the turn, or it is finished. `stop`: the user has had enough. */
  renew(id: string, attempt: number, leaseUntil: number): Promise<'held' | 'stop' | 'lost'>
  /** Stores how the turn ended, if `attempt` still holds it. */
  end(id: string, attempt: number, end: TurnEnd, now: number): Promise<boolean>
  /** Takes back the charge of an answer that never reached its reader. */
  refund(id: string): Promise<void>
  /** The user's turns that are not finished, oldest first. */
  unfinishedOf(userId: string): Promise<WaitingTurn[]>
  /** Asks whoever answers for this user to stop, and those who have not begun not to begin; says how many. */
  requestStop(userId: string): Promise<number>
  /** The user's last finished question. */
  lastQuestion(userId: string): Promise<string | undefined>
  /**
   * The user's oldest turn that is still being answered, or whose answer is still on its way: others of theirs wait for
   * it, so that answers come in the order of the questions.
   */
  frontOfLine(userId: string): Promise<string | undefined>
  /** The answered turns before this one, newest first. */
  history(conversationId: string, beforeTurnId: string, limit: number): Promise<PastTurn[]>
  /** Ids of turns that nobody works on, oldest first: what a sweep hands to the queue again. */
  unfinished(now: number, limit: number): Promise<string[]>
}

export type WaitingTurn = { id: string; status: TurnStatus; question: string; createdAt: number }

export const isFinished = (turn: Turn | undefined): turn is Turn =>
  turn?.status === 'answered' || turn?.status === 'failed'
