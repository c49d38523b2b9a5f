import type { Incoming } from './incoming.ts'

/**
 * received: committed · queued: the queue has it · answering: a worker holds the lease · answered: the answer is stored ·
 * failed: there will be none, the user gets an apology with `refusalCode`.
 */
export type TurnStatus = 'received' | 'queued' | 'answering' | 'answered' | 'failed'

/** stopped: by the user, before a word was said. */
export type TurnFailure =
  | 'model-failed'
  | 'empty-answer'
  | 'timed-out'
  // It thought until its tokens were used up, and said nothing.
  | 'thought-too-long'
  | 'no-channel'
  | 'gave-up'
  | 'stopped'
  // The answer held words that may not be said.
  | 'blocked'
  // The user's own key did not work; the operator's is not asked instead.
  | 'own-key-failed'
  // The model that was asked is no longer offered.
  | 'model-gone'
  // Answered, but nobody was shown a word of it in time; its charge was taken back.
  | 'undelivered'

/**
 * How an answered turn came to its end. cut-off: the model broke off · too-long: it reached its own limit, and can go on ·
 * stopped: by the user. The answer holds the model's words alone: whoever shows it says in its own words how it ended.
 */
export type TurnEnding = 'whole' | 'cut-off' | 'too-long' | 'stopped'

export type Turn = {
  id: string
  userId: string
  openid: string
  conversationId: string
  status: TurnStatus
  question: string
  answer: string | undefined
  ending: TurnEnding | undefined
  failure: TurnFailure | undefined
  refusalCode: string | undefined
  /** Counts the claims; it fences off a worker whose lease ran out. */
  attempt: number
  /** The user has had enough of it. */
  stopRequested: boolean
  /** Asked on the page, which reads the answer itself: there is nothing to deliver. */
  onPage: boolean
  cost: Cost
  /** The price was charged. */
  charged: boolean
  /** The person was shown words of the answer, in whatever way: from then on it is charged. */
  shown: boolean
  createdAt: number
  endedAt: number | undefined
}

/** What is asked to answer, and at whose cost: `price` in calls, 0 on the user's own key. */
export type Cost = { model: string | undefined; price: number; ownKey: boolean }

/** A question of `userId`, asked by `incoming`, which remembers the turn. */
export type NewTurn = {
  id: string
  userId: string
  conversationId: string
  question: string
  incoming: Incoming
  cost: Cost
  /** How many other questions of the user may be unfinished. */
  maxWaiting: number
}

/**
 * no-calls: `left` do not suffice for the price · too-many-waiting: `waiting` others are unfinished · gone: the user was
 * erased meanwhile · no-conversation: their conversation was deleted meanwhile.
 */
export type Begun =
  | { ok: true; id: string; isNew: boolean }
  | { ok: false; reason: 'no-calls'; left: number }
  | { ok: false; reason: 'too-many-waiting'; waiting: number }
  | { ok: false; reason: 'gone' | 'no-conversation' }

export type TurnEnd =
  | {
      status: 'answered'
      ending: TurnEnding
      answer: string
      channel: string
      model: string
      usage: TokenUsage | undefined
    }
  | {
      status: 'failed'
      failure: TurnFailure
      refusalCode: string
      /** A model had been asked, and the person brought about that nothing came of it: free only so often a day. */
      spent?: boolean
      /** How the turn ends instead when the person has been shown words of it. */
      ifShown?: Answered | undefined
    }

export type Answered = Extract<TurnEnd, { status: 'answered' }>

/** How a turn has ended in fact. */
export type Ended = TurnEnd & Pick<Turn, 'charged' | 'shown'>

export type TokenUsage = { promptTokens: number; completionTokens: number }

export type PastTurn = { question: string; answer: string }

export type Turns = {
  /**
   * Commits a turn, its open delivery and the reservation of its price, all or nothing; of several at once for one user
   * one goes first. `id` is of the turn that has the message, new or not.
   */
  begin(turn: NewTurn): Promise<Begun>
  /** Adds to a question that nobody has begun to answer; false when it is too late. `incoming` remembers the turn. */
  append(id: string, text: string, incoming: Incoming): Promise<boolean>
  find(id: string): Promise<Turn | undefined>
  markQueued(id: string): Promise<void>
  /** Takes the lease if the turn is unfinished and nobody holds it. */
  claim(id: string, now: number, leaseUntil: number): Promise<Turn | undefined>
  /** `lost`: somebody else has the turn, or it is finished. `stop`: the user has had enough. */
  renew(id: string, attempt: number, leaseUntil: number): Promise<'held' | 'stop' | 'lost'>
  /** Stores how the turn ended, if `attempt` still holds it, and settles or releases what was reserved for it. */
  end(id: string, attempt: number, end: TurnEnd, now: number): Promise<Ended | undefined>
  /**
   * Before the first words of an answer are shown, while it is being written or later. False when they may not be: there
   * is no such answer any more.
   */
  markShown(id: string, now: number): Promise<boolean>
  /** Takes back the charge of an answer that never reached its reader, once. */
  refund(id: string, now: number): Promise<void>
  /** The user's turns that are not finished, oldest first. */
  unfinishedOf(userId: string): Promise<WaitingTurn[]>
  /**
   * Asks whoever answers for this user to stop, and those who have not begun not to begin; says how many. With `turnId`
   * that one alone.
   */
  requestStop(userId: string, turnId?: string): Promise<number>
  /** How the user's last answer in the conversation ended; undefined when it has none, or is still being pushed. */
  lastEnding(userId: string, conversationId: string): Promise<TurnEnding | undefined>
  /** The user's last finished question; of those asked on the page only what belongs to the conversation. */
  lastQuestion(userId: string, conversationId: string): Promise<string | undefined>
  /**
   * The user's oldest turn that is still being answered, or whose answer is still on its way: others of theirs wait for
   * it, so that answers come in the order of the questions.
   */
  frontOfLine(userId: string): Promise<string | undefined>
  /**
   * The turn that questions of the page wait for: as `frontOfLine`, but an answer on its way to WeChat holds up only
   * what was asked there.
   */
  frontOfPage(userId: string): Promise<string | undefined>
  /** The answered turns before this one, newest first. */
  history(conversationId: string, beforeTurnId: string, limit: number): Promise<PastTurn[]>
  /** Ids of turns that nobody works on, oldest first: what a sweep hands to the queue again. */
  unfinished(now: number, limit: number): Promise<string[]>
}

export type WaitingTurn = {
  id: string
  status: TurnStatus
  question: string
  onPage: boolean
  createdAt: number
}

export const isFinished = (turn: Turn | undefined): turn is Turn =>
  turn?.status === 'answered' || turn?.status === 'failed'
