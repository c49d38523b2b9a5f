import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { nearnessOf } from '../base/proxy-signs.ts'

/** needs-token: with the right one they may. not-here: only on this machine, or with a token once one is set. */
export type Looking = 'may' | 'needs-token' | 'not-here'

export type OperatorsOnly = (req: IncomingMessage) => Looking

/**
 * Who may see how the service is doing. Once a token is set it alone counts. Without one it is whoever comes straight from
 * this machine, or reaches a port that serves nothing else.
 */
export const operatorsOnly = ({
  token,
  ownPort,
}: {
  token: string | undefined
  ownPort: boolean
}): OperatorsOnly => {
  const expected = token === undefined ? undefined : digest(token)
  return (req) => {
    if (expected) return timingSafeEqual(digest(bearerOf(req)), expected) ? 'may' : 'needs-token'
    return ownPort || nearnessOf(req).isLocal ? 'may' : 'not-here'
  }
}

/** Of equal length whatever was sent, so that the comparison tells nothing of it. */
const digest = (value: string): Buffer => createHash('sha256').update(value).digest()

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const bearerOf = ({ headers }: IncomingMessage): string =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''
