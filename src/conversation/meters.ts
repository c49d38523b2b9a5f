import type { LoginRefusal } from '../identity/login-watch.ts'

/** How an answer, or a part of one, reached its reader: in a callback's reply, pushed, or kept and asked for. */
export type Road = 'reply' | 'push' | 'handed-over'

/** What an operator counts. Never rejects, never throws, holds nothing about a person. */
export type Meters = {
  /** `cut-off`: the model broke off · `too-long`: its own length limit · `stopped`: the user wanted no more. */
  turnEnded(outcome: 'answered' | 'cut-off' | 'too-long' | 'stopped' | 'failed'): void
  /** From the question to the first words of the answer. */
  firstToken(seconds: number): void
  /** All of an answer has arrived, so long after the question. */
  delivered(road: Road, seconds: number): void
  /** One part went out. */
  part(road: Road): void
  /** An answer is kept for the user's next word. `reason`: one of a few fixed words. */
  held(reason: string): void
  /** An answer that nobody will read. */
  expired(): void
  /** A rule refused a message. */
  turnedAway(rule: string): void
  /** WeChat refused a call; `network`: no usable answer came. */
  refused(errcode: number | 'network'): void
  /** A browser was logged in (`success`), or why not. */
  loginEnded(outcome: 'success' | LoginRefusal): void
  /** A callback was answered with this HTTP status. */
  callback(status: number, seconds: number): void
}

export const noMeters: Meters = {
  turnEnded: () => {},
  firstToken: () => {},
  delivered: () => {},
  part: () => {},
  held: () => {},
  expired: () => {},
  turnedAway: () => {},
  refused: () => {},
  loginEnded: () => {},
  callback: () => {},
}
