import type { Cost, TokenUsage, TurnEnding, TurnFailure, TurnStatus } from './turn.ts'

/** A conversation as a list shows it. Times in milliseconds since the Unix epoch. */
export type ConversationSummary = {
  id: string
  /** The name it was given, else how its first question begins; undefined before there is one. */
  title: string | undefined
  turns: number
  createdAt: number
  /** When something was last asked in it. */
  updatedAt: number
}

/** A turn as its user may see it again. */
export type TurnRecord = {
  id: string
  userId: string
  conversationId: string
  status: TurnStatus
  question: string
  answer: string | undefined
  ending: TurnEnding | undefined
  failure: TurnFailure | undefined
  refusalCode: string | undefined
  cost: Cost
  /** The model that answered, by the name it was asked by. */
  model: string | undefined
  usage: TokenUsage | undefined
  /** Calls that were spent on it. */
  charged: number
  /** Words of the answer have been shown. */
  shown: boolean
  onPage: boolean
  createdAt: number
  endedAt: number | undefined
}

/** A turn without its answer: to look at it shows nothing. */
export type TurnHead = Omit<TurnRecord, 'answer'>

/** The place in a list behind which it goes on. */
export type ConversationPlace = Pick<ConversationSummary, 'updatedAt' | 'id'>

/** What a user has asked, by conversation. Everything here is of that user: what is another's is not found. */
export type Conversations = {
  /** Used last, first. */
  list(
    userId: string,
    page: { limit: number; after?: ConversationPlace | undefined },
  ): Promise<ConversationSummary[]>
  find(userId: string, id: string): Promise<ConversationSummary | undefined>
  /** A new one, besides the one that WeChat writes to. */
  create(userId: string, now: number): Promise<ConversationSummary>
  rename(userId: string, id: string, title: string): Promise<boolean>
  /**
   * Deletes it with its turns; gives back what is being answered in it and what nobody has seen. Of the one that WeChat
   * writes to a new one takes the place.
   */
  remove(userId: string, id: string, now: number): Promise<boolean>
  /** The `limit` turns before the turn `before`, or the last ones; newest last. Their answers count as shown. */
  turns(
    userId: string,
    id: string,
    page: { limit: number; before?: string | undefined },
    now: number,
  ): Promise<TurnRecord[]>
  findTurn(userId: string, turnId: string): Promise<TurnHead | undefined>
  /** With its answer, which counts as shown. */
  readTurn(userId: string, turnId: string, now: number): Promise<TurnRecord | undefined>
  /** The turn that was asked by this message. */
  turnOf(userId: string, messageKey: string): Promise<{ id: string; conversationId: string } | undefined>
}
