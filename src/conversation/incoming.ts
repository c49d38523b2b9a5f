/** A person as a door knows them: whose account they wrote to, and their id there. */
export type Person = { account: string; openid: string }

/** What somebody said or did, in this room's words. */
export type Said =
  | { kind: 'text'; text: string }
  | { kind: 'voice' }
  | { kind: 'image' }
  | { kind: 'video' }
  | { kind: 'location' }
  | { kind: 'link' }
  | { kind: 'file' }
  | { kind: 'followed'; scene?: string }
  | { kind: 'unfollowed' }
  | { kind: 'scanned'; scene: string }
  | { kind: 'menu'; key: string }
  | { kind: 'other' }

export const REPLY_SENT = 'the reply is out'

export type Incoming = {
  person: Person
  /** The same message sent again has the same key; unique per person. */
  messageKey: string
  said: Said
  receivedAt: number
  /** The instant after which the door can no longer carry an answer back. */
  doorClosesAt: number
  /** Asked on the page, which reads the answer itself: there is nothing to deliver. */
  onPage?: boolean
  /** What the act lets the account push: a message more than a tap, other events nothing. */
  grants?: 'message' | 'tap'
  /** Told when the door is to be left open without an answer until WeChat hangs up. */
  hangs?: () => void
  /** Aborts when whoever waits at the door has gone; the reason is REPLY_SENT when they had their reply. */
  gone?: AbortSignal
  /** It kept data whose erasure waited to be confirmed, when it came first. */
  hasKeptData?: boolean
}

/** Which rule refused, and the code under which the operator finds why. */
export type Refusal = { rule: RuleName; code: string }
export type RuleName =
  | 'blocked'
  | 'rate'
  | 'words'
  | 'answer-words'
  | 'model'
  | 'length'
  | 'quota'
  | 'waiting'
  | 'card'
  | 'card-in-text'
  | 'key-in-text'

/**
 * What the rulebook makes of it: words to say at once, nothing at all, a question somebody has to think about, or the
 * next part of an answer that was asked for before.
 */
export type Outcome = (
  | { kind: 'say'; text: string; refusal?: Refusal }
  | { kind: 'nothing' }
  | { kind: 'question'; turnId: string }
  | { kind: 'more'; turnId: string }
) & {
  /** An erasure that waited to be confirmed is off: to be told before anything else. */
  hasKeptData?: boolean
}

/** What the door carries back. `hang`: no answer at all, so that WeChat hangs up and asks again. */
export type Reply = { kind: 'text'; text: string } | { kind: 'none' } | { kind: 'hang' }
