import type { ColumnKind, Value } from '../../backup/table.ts'

/** As the drivers give it: SQLite's integers as bigint, MySQL's times and decimals as text. */
export type Stored = string | number | bigint | boolean | Buffer | null

/** Throws when what is stored is nothing of this kind, which SQLite does not prevent. */
export const toPortable = (kind: ColumnKind, stored: unknown): Value => {
  if (stored === null || stored === undefined) return null
  switch (kind) {
    case 'boolean':
      return flagOf(stored)
    case 'integer':
      return integerOf(stored)
    case 'decimal':
      return decimalOf(stored)
    case 'text':
      return textOf(stored)
    case 'blob':
      return Buffer.isBuffer(stored) ? stored.toString('base64') : wrong()
    case 'json':
      return JSON.stringify(inOrder(typeof stored === 'object' ? stored : JSON.parse(textOf(stored))))
    case 'time':
      return timeOf(stored)
  }
}

/** As both drivers take it, into a column of this kind. */
export const toStored = (engine: 'sqlite' | 'mysql', kind: ColumnKind, value: Value): Stored => {
  if (value === null) return null
  if (kind === 'boolean') return value === true ? 1 : 0
  if (kind === 'blob') return Buffer.from(String(value), 'base64')
  if (kind === 'integer' && typeof value === 'string') return BigInt(value)
  // better-sqlite3 would store any number as REAL; an integer of an untyped column stays one as bigint.
  if (kind === 'integer' && engine === 'sqlite') return BigInt(value)
  if (kind === 'time')
    return engine === 'sqlite'
      ? BigInt(Date.parse(String(value)))
      : String(value).replace('T', ' ').replace('Z', '')
  return value
}

const flagOf = (stored: unknown): boolean => {
  const number = Number(stored)
  return number === 0 || number === 1 ? number === 1 : wrong()
}

const integerOf = (stored: unknown): Value => {
  // mysql2 gives what is larger as text.
  if (typeof stored === 'number') return Number.isSafeInteger(stored) ? stored : wrong()
  const big = typeof stored === 'bigint' ? stored : BigInt(textOf(stored))
  return big >= BigInt(Number.MIN_SAFE_INTEGER) && big <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(big)
    : String(big)
}

/** `12.30`, `1e-7` and 12.3 are written one way. */
const decimalOf = (stored: unknown): string => {
  const text = typeof stored === 'string' ? stored : String(stored)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? wrong()
  const digits = `${whole}${fraction}`
  const point = whole.length + Number(exponent)
  const before = digits.slice(0, Math.max(0, point)).padEnd(point, '0').replace(/^0+/, '') || '0'
  const after = `${'0'.repeat(Math.max(0, -point))}${digits.slice(Math.max(0, point))}`.replace(/0+$/, '')
  const number = after ? `${before}.${after}` : before
  return number === '0' ? number : `${sign}${number}`
}

/** Milliseconds since the epoch, or `2026-11-25 12:00:00.5` in UTC. */
const timeOf = (stored: unknown): string => {
  const at =
    typeof stored === 'bigint' || typeof stored === 'number'
      ? new Date(Number(stored))
      : new Date(`${textOf(stored).replace(' ', 'T')}Z`)
  return Number.isNaN(at.getTime()) ? wrong() : at.toISOString()
}

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, inOrder(each)]))
}

const textOf = (stored: unknown): string => (typeof stored === 'string' ? stored : wrong())

const wrong = (): never => {
  throw new TypeError('what is stored is not of its kind')
}
