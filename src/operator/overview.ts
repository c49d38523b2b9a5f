export type UserLine = {
  id: string
  openid: string
  createdAt: number
  blocked: boolean
  /** The channel of their own key. */
  ownKey: string | undefined
  /** Calls that can be spent. */
  remaining: number
  turns: number
  lastTurnAt: number | undefined
}

/** One day in Shanghai, `YYYY-MM-DD`. Calls are from the ledger and outlive erased users, turns do not. */
export type UsageDay = {
  date: string
  users: number
  questions: number
  answered: number
  failed: number
  onOwnKey: number
  callsSpent: number
  callsRefunded: number
  promptTokens: number
  completionTokens: number
}

/** A turn that ended with an apology, by the code its user was shown. */
export type FailedTurn = {
  turnId: string
  userId: string
  failure: string
  channel: string | undefined
  model: string | undefined
  askedAt: number
  endedAt: number | undefined
  /** shown: its price was charged, as words of it had been shown · often: as too many came to nothing that day. */
  charge: 'none' | 'shown' | 'often'
}

/** What an operator looks at. Reads alone. */
export type Overview = {
  /** Newest first, `limit` after the user `after`. */
  users(options: { limit: number; after?: string; now: number }): Promise<UserLine[]>
  /** By user id or OpenID. */
  user(idOrOpenId: string, now: number): Promise<UserLine | undefined>
  /** Days from the one of `since` to the one of `now`, oldest first, those without anything as well. */
  usage(since: number, now: number): Promise<UsageDay[]>
  /** How many grants the ledger knows of. */
  grants(): Promise<number>
  failedTurn(refusalCode: string): Promise<FailedTurn | undefined>
}
