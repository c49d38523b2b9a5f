import { createHash, timingSafeEqual } from 'node:crypto'

/** What a cookie holds to know a browser again before anybody has logged in: 32 random bytes. */
export const newBrowser = (randomBytes: (size: number) => Uint8Array): string =>
  Buffer.from(randomBytes(32)).toString('base64url')

/** Whether a cookie can be one of ours. */
export const isBrowser = (cookie: string): boolean => /^[\w-]{43}$/.test(cookie)

/** What is kept of it. */
export const browserHash = (browser: string): string =>
  createHash('sha256').update(browser).digest('base64url')

/** Takes as long for a browser that is nearly right as for any other. */
export const isOfBrowser = (hash: string, browser: string): boolean => {
  const [kept, given] = [Buffer.from(hash), Buffer.from(browserHash(browser))]
  return kept.length === given.length && timingSafeEqual(kept, given)
}
