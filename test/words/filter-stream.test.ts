import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { errorCode } from '../../src/base/error-code.ts'
import { BlockedWordError } from '../../src/words/blocked-word-error.ts'
import { filterStream } from '../../src/words/filter-stream.ts'
import { foldCharacter } from '../../src/words/fold.ts'
import { createMatcher, type Matcher } from '../../src/words/matcher.ts'
import { listOf, listsWithPieces } from './words-in-text.ts'

type Part = { type: 'text'; text: string } | { type: 'other'; number: number }

const texts = (...all: string[]): Part[] => all.map((text) => ({ type: 'text', text }))

async function* streamOf(parts: Part[]): AsyncGenerator<Part> {
  yield* parts
}

const matcherOf = (...lines: string[]) => createMatcher(listOf(...lines))

/** Everything that comes out, and the error that ends it. */
const collect = async (source: AsyncIterable<Part>, matcher: Matcher) => {
  const out: Part[] = []
  try {
    for await (const part of filterStream(source, matcher)) out.push(part)
    return { out, error: undefined }
  } catch (error) {
    return { out, error }
  }
}

const joined = (parts: Part[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

const through = async (parts: Part[], ...lines: string[]): Promise<Part[]> => {
  const { out, error } = await collect(streamOf(parts), matcherOf(...lines))
  if (error) throw error
  return out
}

describe('text', () => {
  test('comes out as it came in while no word has begun', async () => {
    expect(await through(texts('今天', '天气', '很好'), 'mask: 赌博')).toEqual(texts('今天', '天气', '很好'))
  })

  test('is held back only from where a word may have begun', async () => {
    expect(await through(texts('他在赌', '气，', '没赌', '博'), 'mask: 赌博')).toEqual(
      texts('他在', '赌气，', '没', '＊＊'),
    )
  })

  test('is given out when the longest word it may be is there', async () => {
    expect(await through(texts('去赌', '博', '场', '了'), 'mask: 赌博', 'mask: 赌博场')).toEqual(
      texts('去', '＊＊＊', '了'),
    )
  })

  test('waits for what follows a word of letters', async () => {
    expect(await through(texts('you as', 's', ' there'), 'mask: ass')).toEqual(texts('you ', '＊＊＊ there'))
    expect(await through(texts('you as', 's', 'ume'), 'mask: ass')).toEqual(texts('you ', 'assume'))
    expect(await through(texts('you as', 's'), 'mask: ass')).toEqual(texts('you ', '＊＊＊'))
  })

  test('is found in a word across skipped characters in many parts', async () => {
    expect(joined(await through(texts(...'赌 \u200b\n博！'), 'mask: 赌博'))).toBe('＊＊＊＊＊！')
  })

  test('is whole though a surrogate pair comes in two parts', async () => {
    expect(joined(await through(texts('好\ud83d', '\ude00！'), 'mask: x'))).toBe('好😀！')
    expect(joined(await through(texts('好\ud83d', '\ude00！'), 'mask: 😀'))).toBe('好＊！')
    expect(joined(await through(texts('好\ud83d'), 'mask: 😀'))).toBe('好\ud83d')
  })

  test('is whole though it comes as slices that end within surrogate pairs', async () => {
    // V8 misreads such slices, but only once the code that reads them is compiled.
    const line = '今天的天气真好，我们去公园玩😀'
    const text = line.repeat(10_000)
    const slices = Array.from({ length: 10_000 }, (_, index) => index * line.length).flatMap((start) => {
      const middle = start + line.length - 1
      return [text.slice(start, middle), text.slice(middle, middle + 1)]
    })
    expect(joined(await through(texts(...slices), 'mask: 😀'))).toBe(text.replaceAll('😀', '＊'))
  })

  test('may be empty', async () => {
    expect(await through([], 'mask: 赌博')).toEqual([])
    expect(await through(texts('', ''), 'mask: 赌博')).toEqual([])
  })
})

describe('a word that blocks', () => {
  test('ends the stream with its line, and none of it comes out', async () => {
    const { out, error } = await collect(streamOf(texts('他去赌', '博场', '了')), matcherOf('毒品', '赌博'))
    expect(joined(out)).toBe('他去')
    expect(error).toBeInstanceOf(BlockedWordError)
    expect(error).toMatchObject({ word: '赌博', line: 2 })
    expect(errorCode(error)).toBe('blocked-word')
  })

  test('leaves nothing of the text in the error', async () => {
    const { error } = await collect(streamOf(texts('机密：赌 博。')), matcherOf('赌博'))
    expect(`${error}${JSON.stringify(error)}`).not.toMatch(/机密|赌 博/)
  })

  test('closes the source', async () => {
    let isClosed = false
    async function* source(): AsyncGenerator<Part> {
      try {
        yield* texts('赌博', '了')
      } finally {
        isClosed = true
      }
    }
    await collect(source(), matcherOf('赌博'))
    expect(isClosed).toBe(true)
  })
})

describe('other parts', () => {
  const other = (number: number): Part => ({ type: 'other', number })

  test('pass at once while nothing is held back', async () => {
    const parts = [other(1), ...texts('你好'), other(2)]
    expect(await through(parts, 'mask: 赌博')).toEqual(parts)
  })

  test('keep their place in the text, and hide no word that goes on behind them', async () => {
    expect(await through([...texts('他赌'), other(1), other(2), ...texts('气')], 'mask: 赌博')).toEqual([
      ...texts('他', '赌'),
      other(1),
      other(2),
      ...texts('气'),
    ])
    expect(await through([...texts('他赌'), other(1), ...texts('博')], 'mask: 赌博')).toEqual([
      ...texts('他', '＊'),
      other(1),
      ...texts('＊'),
    ])
  })

  test('come after what is held back when the text ends', async () => {
    expect(await through([...texts('他赌'), other(1)], 'mask: 赌博')).toEqual([
      ...texts('他', '赌'),
      other(1),
    ])
  })

  test('do not part a surrogate pair', async () => {
    expect(await through([...texts('\ud83d'), other(1), ...texts('\ude00')], 'mask: 😀')).toEqual([
      other(1),
      ...texts('＊'),
    ])
  })
})

describe('a source that fails', () => {
  async function* failing(): AsyncGenerator<Part> {
    yield* texts('他赌')
    throw new Error('gone')
  }

  test('has everything it said come out before its error', async () => {
    const { out, error } = await collect(failing(), matcherOf('mask: 赌博'))
    expect(joined(out)).toBe('他赌')
    expect(error).toEqual(new Error('gone'))
  })
})

test('a reader who stops early closes the source', async () => {
  let isClosed = false
  async function* source(): AsyncGenerator<Part> {
    try {
      yield* texts('a', 'b')
    } finally {
      isClosed = true
    }
  }
  for await (const _ of filterStream(source(), matcherOf('赌博'))) break
  expect(isClosed).toBe(true)
})

test('any text in any pieces comes out as it would in one, with words masked', async () => {
  await fc.assert(
    fc.asyncProperty(listsWithPieces('mask'), async ({ words, pieces }) => {
      const matcher = createMatcher(words)
      const text = pieces.join('')
      const verdict = matcher.check(text)
      const { out, error } = await collect(streamOf(texts(...pieces)), matcher)
      expect(error).toBeUndefined()
      expect(joined(out)).toBe(verdict.verdict === 'mask' ? verdict.text : text)
    }),
    { numRuns: 1000 },
  )
})

test('any text in any pieces is blocked by the word that blocks it in one', async () => {
  await fc.assert(
    fc.asyncProperty(listsWithPieces('block', 'mask'), async ({ words, pieces }) => {
      const matcher = createMatcher(words)
      const verdict = matcher.check(pieces.join(''))
      const { out, error } = await collect(streamOf(texts(...pieces)), matcher)
      if (verdict.verdict === 'block')
        expect(error).toMatchObject({ word: verdict.word, line: verdict.line, code: 'blocked-word' })
      else expect(error).toBeUndefined()
      // Nothing that belongs to a word that blocks is among what came out before it.
      const first = matcher.find(pieces.join('')).find(({ word }) => word.act === 'block')
      if (first) expect(joined(out).length).toBeLessThanOrEqual(first.start)
    }),
    { numRuns: 1000 },
  )
})

test('no more is held back than the longest word and one character', async () => {
  const visible = (text: string): number =>
    Array.from(text).filter((character) => foldCharacter(character.codePointAt(0) ?? 0).codes.length > 0)
      .length

  await fc.assert(
    fc.asyncProperty(listsWithPieces('mask'), async ({ words, pieces }) => {
      const matcher = createMatcher(words)
      const longest = Math.max(...words.map(({ text }) => lengthFolded(text)))
      let [said, given] = ['', '']
      async function* source(): AsyncGenerator<Part> {
        for (const part of texts(...pieces)) {
          yield part
          // Asked for the next: all that comes of this one is out.
          said += part.type === 'text' ? part.text : ''
          const held = Array.from(said).slice(Array.from(given).length).join('')
          expect(visible(held)).toBeLessThanOrEqual(longest + 1)
        }
      }
      for await (const part of filterStream(source(), matcher)) given += joined([part])
    }),
    { numRuns: 1000 },
  )
})

const lengthFolded = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) => sum + foldCharacter(character.codePointAt(0) ?? 0).codes.length,
    0,
  )
