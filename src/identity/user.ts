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
  followed(person: { account: string; openid: string }, now: number): Promise<void>
  unfollowed(person: { account: string; openid: string }, now: number): Promise<void>
}
