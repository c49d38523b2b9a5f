import type { StreamPart } from './channel.ts'
import { type MarkAtStart, markAtStart } from './thought-marks.ts'

/**
 * Some models write their thoughts into the answer, before it, in marks of one kind or another (thought-marks.ts). This
 * turns such blocks into `reasoning` parts and drops the white space around them. Only blocks at the very start of the
 * answer count, one or several: further on, or in code, the words are the answer's own, which may well be about the
 * marks. A block that is never closed is thought to the end; where the mark may as well be a word of the answer, and
 * nothing else was said, it was the answer.
 *
 * No more than the length of a mark is held back, and white space before the first word. Takes time in proportion to the
 * text, however it is cut.
 *
 * A provider may swallow the opening mark, so that an answer begins with bare thought and holds a lone `</think>`. By
 * then the text before it has been shown and cannot be taken back, and holding all text until one might come would end
 * streaming for every model; so it stays text here, mark included, and `withoutStrayReasoning` clears what is stored.
 * Only where nothing stands before a lone closing mark is it dropped.
 */
export async function* hideReasoning(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart> {
  const read = markReader()
  for await (const part of parts) {
    if (part.type === 'text') {
      yield* read(part.text)
      continue
    }
    if (part.type === 'finish') yield* read('', { isWhole: part.reason === 'stop' })
    yield part
  }
  yield* read('', { isWhole: true })
}

type Block = Extract<MarkAtStart, { kind: 'open' }>

/** The end of the answer's own marks may be this long, with white space behind it. */
const MAX_END_CHARS = 160

/** Takes the text piece by piece and gives what is certain by then; with `end`, all that is left. */
const markReader = (): ((text: string, end?: { isWhole: boolean }) => StreamPart[]) => {
  let state: 'before' | 'inside' | 'after' = 'before'
  let block: Block | undefined
  let hasBlock = false
  /** What was taken for a thought by a weak mark, mark included, until something else is said. */
  let doubtful = ''
  let ends: RegExp | undefined
  /** Nothing of the answer in marks has been said: its white space goes too. */
  let isFirst = false
  /** White space that belongs to the answer unless a block follows. */
  let space = ''
  let held = ''
  let out: StreamPart[] = []
  const say = (type: 'text' | 'reasoning', words: string): void => {
    if (words !== '') out.push({ type, text: words })
  }

  /** True when there is more to be read of what is held. */
  const before = (isLast: boolean): boolean => {
    const words = held.trimStart()
    if (!hasBlock) space += held.slice(0, held.length - words.length)
    if (doubtful !== '') doubtful += held.slice(0, held.length - words.length)
    held = words
    const mark = markAtStart(held, isLast, hasBlock)
    if (mark.kind === 'more') return false
    if (mark.kind === 'none') {
      say('text', space)
      space = ''
      if (held === '') return false
      state = 'after'
      return true
    }
    // Behind a mark that leaves no doubt, the one before it leaves none either.
    if (mark.kind === 'open' && !mark.weak) doubtful = ''
    else if (doubtful !== '' || mark.kind === 'open') doubtful += held.slice(0, mark.length)
    held = held.slice(mark.length)
    hasBlock = true
    space = ''
    if (mark.kind === 'open') {
      block = mark
      state = 'inside'
    } else if (mark.kind === 'answer') {
      ends = mark.ends
      isFirst = true
      state = 'after'
    }
    return true
  }

  const inside = (isLast: boolean): boolean => {
    const found = block?.close.exec(held)
    const said = found?.index ?? (isLast ? held.length : held.length - maybeClosing(held, block))
    const past = found ? said + found[0].length : said
    say('reasoning', held.slice(0, said))
    if (doubtful !== '') doubtful += held.slice(0, past)
    held = held.slice(past)
    if (!found) return false
    state = 'before'
    return true
  }

  const after = (isLast: boolean): boolean => {
    if (isFirst) held = held.trimStart()
    isFirst &&= held === ''
    const until = ends ? endingAt(held, ends, isLast) : held.length
    if (held.slice(0, until).trim() !== '') doubtful = ''
    say('text', held.slice(0, until))
    held = isLast ? '' : held.slice(until)
    return false
  }

  return (text, end) => {
    out = []
    held += text
    const isLast = end !== undefined
    const steps = { before, inside, after }
    while (steps[state](isLast));
    if (end?.isWhole && doubtful !== '') say('text', doubtful)
    if (isLast) doubtful = ''
    return out
  }
}

/** How many characters at the end may be the beginning of a closing mark. */
const maybeClosing = (text: string, block: Block | undefined): number => {
  const tail = text.slice(-((block?.maxCloseChars ?? 1) - 1))
  const start = tail.search(/[<[◁&【［＜\n]|a(?:s|$)|h(?:e|$)/i)
  return start < 0 ? 0 : tail.length - start
}

/** Where the end of the answer's own marks begins, or may begin. */
const endingAt = (text: string, ends: RegExp, isLast: boolean): number => {
  const from = Math.max(0, text.length - MAX_END_CHARS)
  for (const { index } of text.slice(from).matchAll(/[<[【]/g)) {
    const tail = text.slice(from + index)
    if (ends.test(tail) || (!isLast && ENDS_BEGUN.test(tail))) return from + index
  }
  return text.length
}

const ENDS_BEGUN = /^[<[【][|/]?[^<>[\]【】]{0,30}$/
