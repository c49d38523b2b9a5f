import fc from 'fast-check'

const LARGEST = 32_768
/** What comes in at the doors is about this large, in UTF-16 units. */
const SIZES = [4096, 8192, 16_384, LARGEST] as const

/**
 * Four times the text may take a little more than four times the time; quadratic work takes sixteen times. Over one
 * doubling alone even linear work takes a step now and then, where the engine begins to do something otherwise.
 */
const MOST_GROWTH = 6.8
/** Shorter times say nothing about growth: the machine's own moods are as long. */
const FLOOR_MS = 4
/** Of the largest text. What a slow machine, busy with other tests, still does in one go. */
const MOST_MS = 400
/** Systems count a thread's time in steps of up to this. */
const CPU_TICK_MS = 4
/** The shortest of several runs is the work's own time; the others were interrupted. */
const RUNS = 3
/** What looks wrong is measured anew this often, in turns with its quarter, before it is believed: the machine is shared. */
const LOOKS = 5

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
  const first: number[] = []
  for (const text of texts) first.push(await timeOf(work, text))
  for (const [index, text] of texts.entries()) {
    const quarter = texts[index - 2]
    let [before, ms] = [first[index - 2], first[index] ?? 0]
    for (let look = 0; look < LOOKS && isWrong(ms, before, text); look += 1)
      [before, ms] = await timesInTurns(work, quarter, text)
    if (isWrong(ms, before, text)) return `${shown(quarter, before)}${shown(text, ms)}`
  }
  return undefined
}

const isWrong = (ms: number, before: number | undefined, { length }: string): boolean =>
  (length >= LARGEST && ms > MOST_MS) ||
  (before !== undefined && ms > MOST_GROWTH * Math.max(before, FLOOR_MS))

const timesInTurns = async (
  work: Work,
  quarter: string | undefined,
  text: string,
): Promise<[before: number | undefined, ms: number]> => {
  let before: number | undefined
  let ms = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS; run += 1) {
    if (quarter !== undefined)
      before = Math.min(before ?? Number.POSITIVE_INFINITY, await timeOf(work, quarter))
    ms = Math.min(ms, await timeOf(work, text))
  }
  return [before, ms]
}

const shown = (text: string | undefined, ms: number | undefined): string =>
  text === undefined || ms === undefined ? '' : `${text.length} characters: ${ms.toFixed(1)} ms `

/**
 * By the clock, or by what this thread was given of a processor where that is less: on a busy machine long work is
 * interrupted and short work is not, which looks like growth.
 */
const timeOf = async (work: Work, text: string): Promise<number> => {
  const before = process.threadCpuUsage()
  const startedAt = performance.now()
  await work(text)
  const ms = performance.now() - startedAt
  const { user, system } = process.threadCpuUsage(before)
  return Math.min(ms, (user + system) / 1000 + CPU_TICK_MS)
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
