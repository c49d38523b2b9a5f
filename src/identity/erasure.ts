import type { User } from './user.ts'

/**
 * left: they unfollowed, and WeChat wants all their data deleted; who follows again finds the calls they had, by a keyed
 * hash · forgotten: they asked for it, and what they had is gone as well.
 */
export type Farewell = 'left' | 'forgotten'

/**
 * Deletes a user: conversations, answers, own key, messages, OpenID. The ledger's figures stay, without the person. What
 * is being answered is given back. False when there was nobody to delete.
 */
export type Erase = (
  user: Pick<User, 'id' | 'account' | 'openid'>,
  how: Farewell,
  now: number,
) => Promise<boolean>
