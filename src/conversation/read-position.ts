/**
 * How far somebody has read an answer, as the id of an event: how many characters, and a checksum of these. Whoever comes
 * back with it goes on from there, from the feed or from the database, in this process or the next, as long as the answer
 * still begins with what they have read; if not, they begin anew.
 */
export type ReadPosition = { length: number; sum: number; ended: boolean }

export const UNREAD: ReadPosition = { length: 0, sum: 0x811c9dc5, ended: false }

/** The position after more text (FNV-1a over UTF-16 units). */
export const readOn = (from: ReadPosition, text: string): ReadPosition => {
  let sum = from.sum
  for (let index = 0; index < text.length; index += 1)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193) >>> 0
  return { ...from, length: from.length + text.length, sum }
}

/** What of the text is left to read; undefined when it does not begin with what has been read. */
export const restOf = (text: string, read: ReadPosition): string | undefined => {
  const begun = readOn(UNREAD, text.slice(0, read.length))
  return begun.length === read.length && begun.sum === read.sum ? text.slice(read.length) : undefined
}

export const positionId = ({ length, sum, ended }: ReadPosition): string =>
  `${length}-${sum.toString(16)}${ended ? '-end' : ''}`

const ID = /^(\d{1,9})-([0-9a-f]{1,8})(-end)?$/

/** Nothing for what is no such id. */
export const readPositionId = (id: string): ReadPosition | undefined => {
  const [, length, sum, end] = ID.exec(id) ?? []
  if (length === undefined || sum === undefined) return undefined
  return { length: Number(length), sum: Number.parseInt(sum, 16), ended: end !== undefined }
}
