import { hostname, userInfo } from 'node:os'

const MAX_CHARS = 120

/** Who runs this program: `user@host`. */
export const actor = (): string => `${userName()}@${hostname()}`.slice(0, MAX_CHARS)

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    // In a container a user may have a number alone.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
