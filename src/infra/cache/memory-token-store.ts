import type { Clock } from '../../base/clock.ts'
import type { StoredToken, TokenStore } from '../../wechat/token-store.ts'

/** For one process: everything that asks for the token must share this one object. */
export const createMemoryTokenStore = (clock: Clock): TokenStore => {
  let token: StoredToken | undefined
  let last: Promise<unknown> = Promise.resolve()

  return {
    async read() {
      return token && clock.now() < token.expiresAt ? { ...token } : undefined
    },
    async write(next) {
      token = { ...next }
    },
    exclusively(work) {
      const mine = last.then(work)
      // A failure is the business of its own caller, not of the next in line.
      last = mine.catch(() => {})
      return mine
    },
  }
}
