/**
 * What became of a message: out · unsure: it may be out, nobody said · retry: a passing fault, it is not out · hold: not
 * now, keep it for the user's next word · give-up: this user can no longer be reached.
 */
export type SendResult =
  | { ok: true }
  | { ok: false; next: 'unsure' | 'retry' | 'hold' | 'give-up'; reason: string }

/** The way to a user outside a callback. */
export type Messenger = {
  /** False when the account may only answer callbacks. */
  mayPush(): boolean
  sendText(openid: string, text: string): Promise<SendResult>
  /** Shows that an answer is being written. A kindness: never rejects. */
  showTyping(openid: string): Promise<void>
}
