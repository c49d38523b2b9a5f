const grouped = new Intl.NumberFormat('en-US')

/** 1,234,567 */
export const figure = (value: number): string => grouped.format(value)

/** `1 card`, `2,000 cards`. */
export const counted = (value: number, noun: string): string =>
  `${figure(value)} ${noun}${value === 1 ? '' : 's'}`

/** What somebody typed or stored may hold what a terminal obeys, or what turns the writing round. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')

const MAX_QUOTED_CHARS = 60

/** Somebody's words within a sentence. */
export const quoted = (text: string): string =>
  `"${printable(text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text)}"`
