import { parseCookie, stringifySetCookie } from 'cookie'
import type { Cookie } from './route.ts'

const NAMES = { session: 'yingda_session', browser: 'yingda_browser' } as const

/**
 * The two cookies of the page. Over https they are bound to this very host by their names
 * (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes).
 */
export const createCookies = (publicUrl: string) => {
  const secure = publicUrl.startsWith('https:')
  const nameOf = (name: Cookie['name']) => (secure ? `__Host-${NAMES[name]}` : NAMES[name])
  return {
    read(header: string | undefined, name: Cookie['name']): string | undefined {
      if (header === undefined || header.length > 8192) return undefined
      return parseCookie(header)[nameOf(name)]
    },
    write: ({ name, value, maxAgeMs }: Cookie): string =>
      stringifySetCookie({
        ...{ name: nameOf(name), value, maxAge: Math.floor(maxAgeMs / 1000) },
        ...{ path: '/', httpOnly: true, sameSite: 'lax', secure },
      }),
  }
}

export type Cookies = ReturnType<typeof createCookies>

export const FORGET_SESSION: Cookie = { name: 'session', value: '', maxAgeMs: 0 }
