import type { ColumnKind, Row, Table, Value } from './table.ts'

const BIG_INTEGER = /^-?[1-9]\d{15,18}$/
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const ISO = /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const FITS: { [kind in ColumnKind]: (value: Value) => boolean } = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value) =>
    Number.isSafeInteger(value) || (typeof value === 'string' && BIG_INTEGER.test(value) && isInt64(value)),
  decimal: (value) => typeof value === 'string' && DECIMAL.test(value),
  text: (value) => typeof value === 'string',
  blob: (value) => typeof value === 'string' && BASE64.test(value),
  json: (value) => typeof value === 'string',
  time: (value) => typeof value === 'string' && ISO.test(value),
}

/** The first column whose value is none of its kind, or that something is wrong with the row as a whole. */
export const misfit = ({ columns }: Table, row: unknown): string | undefined => {
  if (!Array.isArray(row) || row.length !== columns.length) return 'row'
  const bad = columns.find(({ kind }, at) => row[at] !== null && !FITS[kind](row[at]))
  return bad?.name
}

export const isRow = (table: Table, row: unknown): row is Row => misfit(table, row) === undefined

const isInt64 = (digits: string): boolean => BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)
