export type Person = { account: string; openid: string }

export type User = {
  id: string
  account: string
  openid: string
  /** The conversation their next word belongs to. */
  conversationId: string
  following: boolean
  /** The operator takes no questions of theirs. */
  blocked: boolean
  /** The model they chose; undefined: the operator's default. */
  model: string | undefined
  /** Their own key, as much of it as may be shown. */
  ownKey: { channel: string; tail: string } | undefined
  /** They asked to be forgotten, by this message, and are asked once more. */
  eraseAsked: { at: number; messageKey: string } | undefined
  /** The last text of theirs that may have been meant as a command, which they were asked. */
  askedBack: AskedBack | undefined
}

export type AskedBack = { text: string; messageKey: string; at: number }

export type Users = {
  /**
   * The user of this OpenID, made with a first conversation if there is none yet. Safe when two ask at once. Who left
   * before and comes back is the same user, with what they had left.
   */
  ensure(person: Person, now: number): Promise<User>
  find(person: Person): Promise<User | undefined>
  findById(userId: string): Promise<User | undefined>
  /** As WeChat's authorization knows them, which names no account: OpenIDs are never shared between accounts. */
  findByOpenid(openid: string): Promise<User | undefined>
  /** Notes an act that lets the account push, and that the user can be reached again. */
  acted(userId: string, act: 'message' | 'tap', now: number): Promise<void>
  /** WeChat says that nothing can be sent to this user. */
  unreachable(userId: string, now: number): Promise<void>
  followed(person: Person, now: number): Promise<void>
  /** Undefined: the default again. */
  chooseModel(userId: string, model: string | undefined): Promise<void>
  /** Their next word begins a new conversation. Its id. */
  newConversation(userId: string, now: number): Promise<string>
  /** Their next word in WeChat belongs to this conversation of theirs; false when it is none. */
  continueIn(userId: string, conversationId: string): Promise<boolean>
  /** Remembers that they asked to be forgotten. */
  askErase(userId: string, messageKey: string, now: number): Promise<void>
  /** Nothing is to be erased any more; remembered of the message that came instead. */
  keepData(user: Person & Pick<User, 'id'>, messageKey: string): Promise<void>
  askBack(userId: string, asked: AskedBack): Promise<void>
  /** Sets or lifts the block; false when there is no such user, or nothing to change. A block ends their sessions. */
  block(userId: string, blocked: boolean, now: number): Promise<boolean>
}
