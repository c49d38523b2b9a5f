import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { Router } from 'express'
import helmet from 'helmet'
import type { Ids } from '../base/ids.ts'
import { say } from '../base/say.ts'
import { sendProblem } from './problem.ts'

/** Everything from the page's own address, but pictures of QR codes, which WeChat or the operator serves. */
const contentSecurityPolicy = (pictures: readonly string[], secure: boolean) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    // Vue and Vant set positions by the style attribute of elements, never from what users or models wrote.
    styleSrcAttr: ["'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', ...pictures],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    ...(secure ? { upgradeInsecureRequests: [] } : {}),
  },
})

export type PageOptions = {
  /** Where the built page is. */
  folder: string
  publicUrl: string
  /** Addresses of pictures of QR codes. */
  pictures: readonly string[]
  ids: Ids
}

/** The page's files, and its one HTML for every address that the page itself makes views of. */
export const page = ({ folder, publicUrl, pictures, ids }: PageOptions): Router => {
  const router = Router()
  const secure = publicUrl.startsWith('https:')
  const guard = helmet.contentSecurityPolicy(contentSecurityPolicy(originsOf(pictures), secure))
  router.use(
    '/assets',
    guard,
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }),
  )
  router.get(/^\/(?:login|account|c\/[\w-]{1,60})?$/, guard, (_req, res) => {
    const html = join(folder, 'index.html')
    // A change of the page is seen at the next load, though its parts are kept for ever.
    res.set('cache-control', 'no-cache')
    if (existsSync(html)) return res.sendFile(html)
    const title = say({ zh: '没有网页', en: 'No page' })
    const detail = say({
      zh: '网页还没有构建。请运行：npm start',
      en: 'The page has not been built. Run: npm start',
    })
    sendProblem(res, { status: 503, code: 'no-page', title, detail }, ids.next('trc'))
  })
  router.use(guard, express.static(folder, { index: false, maxAge: '1h' }))
  return router
}

const originsOf = (addresses: readonly string[]): string[] => [
  ...new Set(addresses.filter((each) => URL.canParse(each)).map((each) => new URL(each).origin)),
]
