const DAY_MS = 86_400_000
/** China keeps one time, eight hours before UTC, the year round. */
const SHANGHAI_MS = 8 * 3_600_000

/** The days from 1970-01-01 to a date written YYYY-MM-DD. Throws RangeError for what is none. */
export const dayOfDate = (date: string): number => {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  // Written back, for Date.parse takes a 30th of February for the 2nd of March.
  if (Number.isInteger(day) && dateOfDay(day) === date) return day
  throw new RangeError('a date has to exist and is written YYYY-MM-DD')
}

/** YYYY-MM-DD. */
export const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The midnight in Shanghai with which the day is over, in milliseconds since the Unix epoch. */
export const endOfDay = (day: number): number => (day + 1) * DAY_MS - SHANGHAI_MS
