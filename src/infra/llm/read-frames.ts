import { linesOf } from './read-lines.ts'

/**
 * value: a piece of JSON, and the name of its event, '' for none · done: the provider says that this was all · plain: a
 * body that is no JSON at all · page: a web page. The last two come alone.
 */
export type Frame =
  | { type: 'value'; value: object; event: string }
  | { type: 'done' }
  | { type: 'plain'; text: string }
  | { type: 'page' }

const MAX_CHARS = 4 * 1024 * 1024
const FIELD = /^\s*(data|event|id|retry)(?::|$)/
const DONE = /^"?\[?DONE\]?"?;?$/i
const LAST_EVENTS = /^(done|end|complete|completed|close)$/i

/**
 * Reads what providers send for a stream: server-sent events with or without the blank lines between them, JSON lines,
 * a list, or one whole piece of JSON. What means nothing is skipped: comments, empty data, heartbeats, broken frames.
 */
export async function* framesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let event = ''
  let data: string[] = []
  let dataChars = 0
  /** Lines of no event: of a JSON text over several lines, or of whatever else this is. */
  const loose: string[] = []
  let looseChars = 0
  let hasSpoken = false
  let lines = 0

  const take = (isAll: boolean): Frame[] => {
    const frames = framesIn(data, event)
    if (!isAll && frames.length === 0) return []
    if (LAST_EVENTS.test(event)) frames.push({ type: 'done' })
    hasSpoken ||= frames.length > 0
    data = []
    dataChars = 0
    event = ''
    return frames
  }

  for await (const line of linesOf(bytes)) {
    const field = FIELD.exec(line)
    if (line.trim() === '') yield* take(true)
    else if (field) {
      const value = line
        .slice(field[0].length)
        .replace(/^(?:\s*data:)+/, '')
        .trim()
      if (field[1] === 'event') event = value
      else if (field[1] === 'data') {
        dataChars += value.length
        // What is before it and no JSON was a heartbeat.
        if (isWhole(value) && !/^[[{]/.test(data[0] ?? '')) data = []
        if (dataChars < MAX_CHARS) data.push(value)
        // Most frames are one line: they need not wait for the blank one, which some leave out.
        if (data.length === 1 && isWhole(value)) yield* take(false)
      }
    } else if (line.startsWith(':')) continue
    else if (data.length > 0 && dataChars + line.length < MAX_CHARS) {
      // One frame over several lines, of which the first alone says that it is data.
      data.push(line)
      dataChars += line.length
    } else {
      const frames = /^[[{,]/.test(line) ? framesInLine(line) : []
      if (frames.length > 0) {
        hasSpoken = true
        lines += frames.length
        yield* frames
      } else if (looseChars < MAX_CHARS) {
        loose.push(line)
        looseChars += line.length
      }
    }
  }
  yield* take(true)
  // One piece of JSON is a whole answer, not a stream that was cut.
  if (lines === 1) yield { type: 'done' }
  if (hasSpoken) return
  const text = loose.join('\n').trim()
  const frames = framesIn([text], '')
  if (frames.length > 0) yield* [...frames, { type: 'done' } as const]
  else if (text.startsWith('<')) yield { type: 'page' }
  else if (text !== '') yield { type: 'plain', text }
}

const isWhole = (data: string): boolean => DONE.test(data) || /^[[{].*[\]}]$/s.test(data)

/** What the data of one event says: as one, else line by line. */
const framesIn = (data: readonly string[], event: string): Frame[] => {
  const whole = frameOf(data.join('\n'), event)
  if (whole || data.length < 2) return whole ?? []
  return data.flatMap((line) => frameOf(line, event) ?? [])
}

/** A line by itself, or as an element of a list. */
const framesInLine = (line: string): Frame[] => {
  const whole = framesIn([line], '')
  return whole.length > 0
    ? whole
    : framesIn([line.replace(/^[[,]\s*(?=\{)/, '').replace(/[\],]\s*$/, '')], '')
}

const frameOf = (text: string, event: string): Frame[] | undefined => {
  if (DONE.test(text.trim())) return [{ type: 'done' }]
  if (!/^\s*[[{]/.test(text))
    return event.toLowerCase() === 'error' && text !== '' ? [errorOf(text)] : undefined
  try {
    const value: unknown = JSON.parse(text)
    const values: unknown[] = Array.isArray(value) ? value : [value]
    return values.flatMap((each) =>
      typeof each === 'object' && each !== null ? [{ type: 'value', value: each, event }] : [],
    )
  } catch {
    return undefined
  }
}

/** An error event may be in plain words. */
const errorOf = (text: string): Frame => ({ type: 'value', value: { message: text }, event: 'error' })
