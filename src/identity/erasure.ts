import type { Person, User } from './user.ts'

/**
 * left: they unfollowed, and WeChat wants all their data deleted; who follows again finds the calls they had, by a keyed
 * hash · forgotten: they asked for it, and what they had is gone as well.
 */
export type Farewell = 'left' | 'forgotten'

/**
 * Deletes a user: conversations, answers, own key, messages, OpenID. The ledger's figures stay, without the person. What
 * is being answered is given back. False when there was no user to delete; without an `id` only messages are looked for,
 * as somebody who is no user may have written some.
 *
 * Of the messages that could still be posted again a keyed hash stays for an hour: none of them has an effect again.
 */
export type Erase = (
  who: Person & { id?: User['id'] | undefined },
  how: Farewell,
  now: number,
) => Promise<boolean>
