import { BlockedWordError } from './blocked-word-error.ts'
import { createMaskedText } from './masked-text.ts'
import type { Matcher } from './matcher.ts'

type TextPart = { type: 'text'; text: string }

/**
 * The stream with masked words hidden; throws BlockedWordError, and closes the stream, once a word that blocks is in its
 * text. Of that text nothing has been given out that belongs to the word; what stood before it may have been.
 *
 * Text is held back only while it may still become a word: at most the longest word, and what is skipped between its
 * characters. Other parts keep their place in the text, so that a word is found across them as it will be read. When the
 * source fails, what was held back comes before its error.
 */
export async function* filterStream<Other extends { type: string }>(
  parts: AsyncIterable<TextPart | Other>,
  matcher: Pick<Matcher, 'scan'>,
): AsyncGenerator<TextPart | Other> {
  const text = createMaskedText()
  const others: { position: number; part: Other }[] = []
  const scan = matcher.scan(({ word, start, end }) => {
    if (word.act === 'block') throw new BlockedWordError(word)
    text.hide(start, end)
  })

  function* giveUntil(position: number): Generator<TextPart | Other> {
    for (let next = others[0]; next && next.position <= position; next = others[0]) {
      yield* textPart(text.takeUntil(next.position))
      yield next.part
      others.shift()
    }
    yield* textPart(text.takeUntil(position))
  }

  function* giveRest(): Generator<TextPart | Other> {
    scan.end()
    yield* giveUntil(scan.readUntil())
  }

  try {
    for await (const part of parts) {
      if (isText(part)) {
        text.add(part.text)
        scan.read(part.text)
      } else others.push({ position: scan.readUntil(), part })
      yield* giveUntil(scan.openFrom())
    }
  } catch (error) {
    if (!(error instanceof BlockedWordError)) yield* giveRest()
    throw error
  }
  yield* giveRest()
}

const isText = (part: TextPart | { type: string }): part is TextPart => part.type === 'text'

const textPart = (text: string): TextPart[] => (text === '' ? [] : [{ type: 'text', text }])
