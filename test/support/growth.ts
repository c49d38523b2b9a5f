import fc from 'fast-check'

/** What comes in at the doors is about this large, in UTF-16 units. */
const SIZES = [4096, 8192, 16_384, 32_768] as const
/** Twice the text may take a little more than twice the time; quadratic work takes four times. */
const MOST_GROWTH = 2.6
/** Shorter times say nothing about growth: the machine's own moods are as long. */
const FLOOR_MS = 4
/** Of the largest text. What a slow machine, busy with other tests, still does in one go. */
const MOST_MS = 400
/** The shortest of several runs is the work's own time; the others were interrupted. */
const RUNS = 3
/** A doubling that looks wrong is measured again this often before it is believed. */
const LOOKS = 4

/** A text of a given length: `head`, then each of `units` over and over in its share of what is left, then `tail`. */
export type Shape = { head: string; units: readonly string[]; tail: string }

export const textOfShape = ({ head, units, tail }: Shape, length: number): string => {
  const share = Math.max(0, length - head.length - tail.length) / units.length
  const runs = units.map((unit) => unit.repeat(Math.ceil(share / unit.length)).slice(0, Math.ceil(share)))
  return `${head}${runs.join('')}${tail}`
}

/** Repetitive texts of such pieces: `aaaa…`, `abab…`, `aaa…bbb…`, with something before and behind. */
export const repetitiveShapes = (pieces: readonly string[]): fc.Arbitrary<Shape> => {
  const piece = fc.constantFrom(...pieces)
  const few = (most: number) => fc.array(piece, { maxLength: most }).map((parts) => parts.join(''))
  const unit = fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''))
  const units = fc.array(unit, { minLength: 1, maxLength: 2 })
  return fc.record({ head: few(2), units, tail: few(2) })
}

/** What has to be done with a text from outside. Keeps nothing from one run to the next. */
export type Work = (text: string) => unknown

/**
 * Nothing when the time for the work grows with the text's length and no faster, and is bearable at 32 KB; else what was
 * measured. `textOf` gives the text of a length.
 */
export const tooMuchTime = async (
  work: Work,
  textOf: (length: number) => string,
): Promise<string | undefined> => {
  const texts = SIZES.map(textOf)
  const best = texts.map(() => Number.POSITIVE_INFINITY)
  const measure = async (index: number, runs: number) => {
    for (let run = 0; run < runs; run += 1) {
      const took = await timeOf(work, texts[index] ?? '')
      best[index] = Math.min(best[index] ?? took, took)
    }
  }
  const wrong = () => best.findIndex((ms, index) => isWrong(ms, best[index - 1], index))
  for (let index = 0; index < texts.length; index += 1) await measure(index, 1)
  for (let look = 0; look < LOOKS; look += 1) {
    const found = wrong()
    if (found < 0) return undefined
    // Chance made the smaller one quick, or the larger one slow.
    await measure(found, RUNS)
    if (found > 0) await measure(found - 1, look === 0 ? RUNS : 0)
  }
  return wrong() < 0
    ? undefined
    : SIZES.map((size, index) => `${size}: ${best[index]?.toFixed(1)} ms`).join(', ')
}

const isWrong = (ms: number, before: number | undefined, index: number): boolean =>
  (index === SIZES.length - 1 && ms > MOST_MS) ||
  (before !== undefined && ms > MOST_GROWTH * Math.max(before, FLOOR_MS))

const timeOf = async (work: Work, text: string): Promise<number> => {
  const startedAt = performance.now()
  await work(text)
  return performance.now() - startedAt
}

/** The property: whatever is repeated, the time grows no faster than the text. Throws with the shape and its times. */
export const expectLinear = (work: Work, shapes: fc.Arbitrary<Shape>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const measured = await tooMuchTime(work, (length) => textOfShape(shape, length))
      if (measured !== undefined) throw new Error(`takes too long: ${measured}`)
    }),
    { numRuns, endOnFailure: true, includeErrorInReport: true, interruptAfterTimeLimit: 12_000 },
  )
