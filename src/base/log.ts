import { pino } from 'pino'

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** What the rooms need of a logger: fields first, then a short sentence. */
export type Log = {
  [level in 'error' | 'warn' | 'info' | 'debug']: (fields: object, message: string) => void
}

/** JSON lines on stderr, readable ones when stderr is a terminal. */
export const createLog = (level: Level | 'silent'): Log => {
  const serializers = { err: describeError }
  const base = { base: null, level, serializers }
  return process.stderr.isTTY
    ? pino({
        ...base,
        transport: { target: 'pino-pretty', options: { destination: 2, translateTime: 'SYS:HH:MM:ss.l' } },
      })
    : pino({ ...base, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))
}

/** An error as a log may show it: no bindings of a query, no request headers, no cause that carries them. */
export const describeError = (thrown: unknown): object => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const { name, message, stack } = thrown
  const code = 'code' in thrown ? thrown.code : undefined
  const cause = thrown.cause instanceof Error ? `${thrown.cause.name}: ${thrown.cause.message}` : undefined
  return { name, message, ...(code ? { code } : {}), ...(cause ? { cause } : {}), stack }
}

/** An OpenID is personal data: the log shows enough to tell two users apart, no more. */
export const maskOpenId = (openid: string): string =>
  openid.length <= 8 ? '***' : `${openid.slice(0, 4)}***${openid.slice(-4)}`

export const silentLog: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }
