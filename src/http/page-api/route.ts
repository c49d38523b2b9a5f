import type { z } from 'zod'
import type { Session } from '../../identity/sessions.ts'
import type { User } from '../../identity/user.ts'
import type { Slot } from './open-streams.ts'
import type { Refused } from './problems.ts'
import type { EventStream } from './sse.ts'

/** Who asks, before they are known. `browser`: the value of its cookie, undefined when it has none of ours. */
export type Visitor = {
  ip: string
  userAgent: string
  browser: string | undefined
  /** The value of the cookie of a login, which may be over. */
  sessionToken: string | undefined
  now: number
  /** Aborts when they have hung up, or the service is closing. */
  gone: AbortSignal
}

export type Known = Visitor & { user: User; session: Session }

/** Parsed and checked; what a route does not name is not there. */
export type Input<P, Q, B> = { params: P; query: Q; body: B }

/** A header's value, by its name in small letters; undefined when it was not sent. */
type WithHeaders = { header(name: string): string | undefined }

export type Cookie = { name: 'session' | 'browser'; value: string; maxAgeMs: number }

export type Answer =
  | {
      status: 200 | 201 | 204
      body?: unknown
      headers?: { [name: string]: string }
      cookies?: readonly Cookie[]
    }
  | { redirect: string; cookies?: readonly Cookie[] }
  /** `slots`: what it counts under while it is open. */
  | { stream: (events: EventStream) => Promise<void>; slots: readonly Slot[] }
  /** A file to be kept, written piece by piece. */
  | { download: string; pieces: AsyncIterable<string> }
  | { refused: Refused; cookies?: readonly Cookie[] }

/** What the documentation says of a route, and what its answers are checked against. */
export type Described = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** `:name` stands for a part of the path. */
  path: `/api/${string}`
  about: string
  /** How often one user, or one address where nobody is known, may ask for it in a minute. */
  perMinute: number
  /** What cannot be undone asks for a login of the last half hour. */
  needsFreshLogin?: true
  /** What it answers when all is well; an array names the events of a stream. */
  answers: {
    status: 200 | 201 | 204 | 302
    schema?: z.ZodType
    events?: { [name: string]: z.ZodType }
    file?: string
  }
  /** Beyond those that any route may answer. */
  problems?: readonly Refused['code'][]
  headers?: { [name: string]: z.ZodType }
}

type Schemas<P, Q, B> = { params?: z.ZodType<P>; query?: z.ZodType<Q>; body?: z.ZodType<B> }

/** A route as the server mounts it: a column of guards and one handler. */
export type Route = Described &
  Schemas<unknown, unknown, unknown> &
  (
    | { login: true; handle(call: Known & Input<never, never, never> & WithHeaders): Promise<Answer> }
    | { login: false; handle(call: Visitor & Input<never, never, never> & WithHeaders): Promise<Answer> }
  )

/** A route for whoever is logged in. */
export const route = <P = undefined, Q = undefined, B = undefined>(
  spec: Described &
    Schemas<P, Q, B> & { handle(call: Known & Input<P, Q, B> & WithHeaders): Promise<Answer> },
): Route => ({ ...spec, login: true })

/** A route for anybody. */
export const openRoute = <P = undefined, Q = undefined, B = undefined>(
  spec: Described &
    Schemas<P, Q, B> & { handle(call: Visitor & Input<P, Q, B> & WithHeaders): Promise<Answer> },
): Route => ({ ...spec, login: false })

export const refuse = (code: Refused['code'], more: Omit<Refused, 'code'> = {}): Answer => ({
  refused: { code, ...more },
})
