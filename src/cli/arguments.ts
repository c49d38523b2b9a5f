import { InvalidArgumentError } from 'commander'
import { say } from '../base/say.ts'
import { dayOfDate } from '../base/shanghai-day.ts'
import { CARD_LIMITS } from '../quota/card-layout.ts'
import { figure } from './printable.ts'

/** Reads a whole number; a wrong one is wrong usage. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(
      say({
        zh: `应为 ${figure(min)} 到 ${figure(max)} 之间的整数。`,
        en: `It has to be a whole number from ${figure(min)} to ${figure(max)}.`,
      }),
    )
  }

/** Reads YYYY-MM-DD, a day that a card key can hold. */
export const cardDate = (text: string): string => {
  try {
    if (dayOfDate(text) <= CARD_LIMITS.redeemByDay) return text
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError(
    say({
      zh: '应为真实存在的日期，写成 YYYY-MM-DD，不晚于 2328-11-11。',
      en: 'It has to be a day that exists, written YYYY-MM-DD, up to 2328-11-11.',
    }),
  )
}

/** Reads a line of text of at most `maxChars`. */
export const lineOfText =
  (maxChars: number) =>
  (text: string): string => {
    const line = text.trim().normalize('NFC')
    if (line === '' || [...line].length > maxChars || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line))
      throw new InvalidArgumentError(
        say({
          zh: `应为一行 1 到 ${maxChars} 个字的文字。`,
          en: `It has to be one line of 1 to ${maxChars} characters.`,
        }),
      )
    return line
  }
