import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

/** What no answer of ours needs: whoever needs more, such as a page, says so itself. */
const NOTHING = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
}

export type SafeHeaders = (req: IncomingMessage, res: ServerResponse, next: () => void) => void

/**
 * For every answer, whatever gives it: no guessing of types, nothing loaded, no frame around it, no word of where links
 * lead from; with an https address browsers are told to stay with https.
 */
export const safeHeaders = (publicUrl: string): SafeHeaders =>
  helmet({
    contentSecurityPolicy: NOTHING,
    strictTransportSecurity: publicUrl.startsWith('https:'),
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
