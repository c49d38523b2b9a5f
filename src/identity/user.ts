export type User = {
  id: string
  account: string
  openid: string
  /** The conversation their next word belongs to. */
  conversationId: string
  following: boolean
}

export type Users = {
  /** The user of this OpenID, made with a first conversation if there is none yet. Safe when two ask at once. */
  ensure(person: { account: string; openid: string }, now: number): Promise<User>
  find(person: { account: string; openid: string }): Promise<User | undefined>
  /** Notes an act that lets the account push, and that the user can be reached again. */
  acted(userId: string, act: 'message' | 'tap', now: number): Promise<void>
  /** WeChat says that nothing can be sent to this user. */
  unreachable(userId: string, now: number): Promise<void>
  followed(person: { account: string; openid: string }, now: number): Promise<void>
  unfollowed(person: { account: string; openid: string }, now: number): Promise<void>
}
