import { locale } from './texts.ts'

const zone = 'Asia/Shanghai'
const made = new Map<string, Intl.DateTimeFormat>()

const format = (name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${locale.value} ${name}`
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale.value, { timeZone: zone, ...options })
  made.set(key, known)
  return known
}

/** The days of the service are Shanghai's. */
export const dayText = (at: number): string =>
  format('day', { year: 'numeric', month: 'short', day: 'numeric' }).format(at)

export const shortDayText = (at: number): string =>
  format('short', { month: 'numeric', day: 'numeric' }).format(at)

/** Of today the time, of other days the date. */
export const momentText = (at: number, now = Date.now()): string => {
  const time = format('time', { hour: '2-digit', minute: '2-digit', hour12: false }).format(at)
  if (dayText(at) === dayText(now)) return time
  return `${shortDayText(at)} ${time}`
}
