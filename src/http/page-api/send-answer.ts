import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { Clock } from '../../base/clock.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { sendProblem } from '../problem.ts'
import type { OpenStreams } from './open-streams.ts'
import { type ProblemTexts, problemOf, type Refused } from './problems.ts'
import type { Answer, Cookie } from './route.ts'
import { streamEvents } from './sse.ts'

/** Streams of one address, whoever reads them. */
const MOST_STREAMS_BY_NETWORK = 200
/** A stream ends with its answer, or is noticed to be gone at a heartbeat. */
const TRY_STREAM_AGAIN_MS = 5000

/** What the browser is to keep of it. */
export const cookiesOf = (answer: Answer): readonly Cookie[] =>
  'cookies' in answer ? (answer.cookies ?? []) : []

/** Who is answered, and what a stream looks at while it is open. */
export type Sending = {
  sessions: Pick<Sessions, 'find'>
  texts: ProblemTexts
  clock: Clock
  traceId: string
  gone: AbortSignal
  session: string | undefined
  streams: OpenStreams
  network: string
}

/** Writes an answer of any kind; a stream until it ends or `gone` aborts. */
export const send = async (res: Response, answer: Answer, parts: Sending): Promise<void> => {
  if ('refused' in answer) return sendRefused(res, answer.refused, parts.texts, parts.traceId)
  if ('redirect' in answer) return res.redirect(302, answer.redirect)
  if ('stream' in answer) {
    const { session } = parts
    const network = { key: `network ${parts.network}`, most: MOST_STREAMS_BY_NETWORK }
    const giveBack = parts.streams.take([...answer.slots, network])
    if (!giveBack) {
      const refused: Refused = { code: 'too-many-streams', retryAfterMs: TRY_STREAM_AGAIN_MS }
      return sendRefused(res, refused, parts.texts, parts.traceId)
    }
    res.once('close', giveBack)
    const stillWelcome = async () =>
      session === undefined || (await parts.sessions.find(session, parts.clock.now())) !== undefined
    return streamEvents(res, { ...parts, stillWelcome }, answer.stream)
  }
  if ('download' in answer) {
    res.attachment(answer.download).type('application/json')
    return pipeline(Readable.from(answer.pieces), res, { signal: parts.gone })
  }
  res.status(answer.status).set(answer.headers ?? {})
  if (answer.body === undefined) res.end()
  else res.json(answer.body)
}

/** As a problem document. */
export const sendRefused = (res: Response, refused: Refused, texts: ProblemTexts, traceId: string): void => {
  const problem = problemOf(refused, texts, traceId)
  if (problem.retryAfter !== undefined) res.set('retry-after', String(problem.retryAfter))
  sendProblem(res, problem, traceId)
}
