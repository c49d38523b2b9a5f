import type { StreamPart } from './channel.ts'

/**
 * Some models write their reasoning into the answer, in `<think>…</think>` (or thinking, reasoning) before it. This turns
 * such blocks into `reasoning` parts and drops the white space around them. Only blocks at the very start of the answer
 * count, one or several: further on, or in code, the words are the answer's own, which may well be about the tag. A block
 * that is never closed is reasoning to the end.
 *
 * No more than the length of a tag is held back, and white space before the first word.
 *
 * A provider may swallow the opening tag, so that an answer begins with bare reasoning and holds a lone `</think>`. By
 * then the text before it has been shown and cannot be taken back, and holding all text until one might come would end
 * streaming for every model; so it stays text here, tag included, and `withoutStrayReasoning` clears what is stored. Only where nothing stands before a lone closing tag is it
 * dropped.
 */
export async function* hideReasoning(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart> {
  const read = tagReader()
  for await (const part of parts) {
    if (part.type === 'text') {
      yield* read(part.text)
      continue
    }
    if (part.type === 'finish') yield* read('', true)
    yield part
  }
  yield* read('', true)
}

const tags = ['think', 'thinking', 'reasoning'].flatMap((name) => [`<${name}>`, `</${name}>`])
const tag = /^<(\/?)(think|thinking|reasoning)>/i

/** Takes the text piece by piece and gives what is certain by then; with `isLast`, all that is left. */
const tagReader = (): ((text: string, isLast?: boolean) => StreamPart[]) => {
  let state: 'before' | 'inside' | 'after' = 'before'
  let hasBlock = false
  let closing = ''
  /** White space that belongs to the answer unless a block follows. */
  let space = ''
  let held = ''

  return (text, isLast = false) => {
    const out: StreamPart[] = []
    const say = (type: 'text' | 'reasoning', words: string): void => {
      if (words !== '') out.push({ type, text: words })
    }
    held += text
    for (;;) {
      if (state === 'before') {
        const words = held.trimStart()
        if (!hasBlock) space += held.slice(0, held.length - words.length)
        held = words
        const found = tag.exec(held)
        if (found) {
          held = held.slice(found[0].length)
          hasBlock = true
          space = ''
          if (found[1] === '/') continue
          closing = `</${found[2]?.toLowerCase()}>`
          state = 'inside'
        } else if (!isLast && tags.some((whole) => whole.startsWith(held.toLowerCase()))) {
          return out
        } else {
          say('text', space)
          space = ''
          if (held !== '') state = 'after'
        }
      }
      if (state === 'inside') {
        const end = held.search(new RegExp(closing, 'i'))
        const said = end >= 0 ? end : held.length - (isLast ? 0 : startedTag(held, closing))
        say('reasoning', held.slice(0, said))
        held = held.slice(said)
        if (end < 0) return out
        held = held.slice(closing.length)
        state = 'before'
        continue
      }
      say('text', held)
      held = ''
      return out
    }
  }
}

/** How many characters at the end of the text may be the beginning of the tag. */
const startedTag = (text: string, whole: string): number => {
  for (let length = Math.min(text.length, whole.length - 1); length > 0; length -= 1) {
    if (whole.startsWith(text.slice(-length).toLowerCase())) return length
  }
  return 0
}

const strayEnd = /^(?:(?!<think)[^`])*?<\/think>[ \t]*\n\s*/i

/**
 * A whole answer without reasoning whose opening tag the provider swallowed: everything up to a lone `</think>` that
 * ends its line, unless code stands before it, where the tag may be the subject.
 */
export const withoutStrayReasoning = (answer: string): string => answer.replace(strayEnd, '')
