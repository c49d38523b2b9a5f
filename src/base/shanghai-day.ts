const DAY_MS = 86_400_000
/** China keeps one time, eight hours before UTC, the year round. */
const OFFSET_MS = 8 * 3_600_000

/** The day of an instant, counted from 1970-01-01 in Shanghai: days begin at midnight there, as they do for the readers. */
export const shanghaiDay = (now: number): number => Math.floor((now + OFFSET_MS) / DAY_MS)

/** The instant at which a day begins, in milliseconds since the Unix epoch. */
export const startOfShanghaiDay = (day: number): number => day * DAY_MS - OFFSET_MS

/** YYYY-MM-DD of an instant. */
export const shanghaiDate = (now: number): string => dateOfDay(shanghaiDay(now))

/** HH:MM of an instant. */
export const shanghaiTime = (now: number): string => new Date(now + OFFSET_MS).toISOString().slice(11, 16)

/** YYYY-MM-DD of a day. */
export const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The day of a date written YYYY-MM-DD. Throws RangeError for what is none. */
export const dayOfDate = (date: string): number => {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  // Written back, for Date.parse takes a 30th of February for the 2nd of March.
  if (Number.isInteger(day) && dateOfDay(day) === date) return day
  throw new RangeError('a date has to exist and is written YYYY-MM-DD')
}
