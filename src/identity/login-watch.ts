import type { Session } from './sessions.ts'

/** code: typed on the page · tap: inside WeChat. */
export type LoginWay = 'code' | 'tap'

/** Why nobody was logged in: what `Login` and `OauthLogin` name. */
export type LoginRefusal =
  | 'wrong'
  | 'expired'
  | 'too-many-tries'
  | 'busy'
  | 'wrong-state'
  | 'wrong-code'
  | 'snapshot'
  | 'stranger'
  | 'unreachable'

/** Is told of every login and every refusal. Never throws. `ip`: whoever really asks. */
export type LoginWatch = {
  loggedIn(login: { way: LoginWay; userId: string; sessionId: string; ip: string }): void
  refused(refusal: { way: LoginWay; reason: LoginRefusal; ip: string }): void
  /** More wrong codes in this hour, over the whole service, than mistakes can explain. */
  guessed(wrongInHour: number): void
}

/** Tells the person that a browser has logged in. Takes a second at most, never rejects. */
export type TellLogin = (session: Session) => Promise<void>
