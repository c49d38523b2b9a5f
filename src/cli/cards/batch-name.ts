import { say } from '../../base/say.ts'
import { normalizeCardKey } from '../../quota/card-key.ts'
import { UsageError } from '../context.ts'

/** What the database keeps. */
const MAX_CHARS = 64
/** It stands in tables and CSV files, before a slash, and beside numbers and keys: it must not be mistaken there. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]*$/u

/** A batch's name as it is kept; throws UsageError for what is none. */
export const readBatchName = (text: string): string => {
  const name = text.trim().normalize('NFC')
  const fits = [...name].length <= MAX_CHARS && NAME.test(name)
  if (fits && !/^\d+$/.test(name) && normalizeCardKey(name) === undefined) return name
  throw new UsageError(
    say({
      zh: `--batch 应为 1 到 ${MAX_CHARS} 个文字、数字、空格和 . _ -，以文字或数字开头，不能全是数字`,
      en:
        `--batch has to be a name of 1 to ${MAX_CHARS} letters, digits, spaces and . _ - that begins with a letter or digit ` +
        'and is no number',
    }),
  )
}

/** A date to be read and four letters to tell apart: `20261125-k7q2`. */
export const freshBatchName = (date: string, refusalCode: string): string =>
  `${date.replaceAll('-', '')}-${refusalCode.slice(0, 4).toLowerCase()}`
