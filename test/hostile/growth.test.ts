import { describe, expect, test } from '@jest/globals'
import { expectLinear, repetitiveShapes, textOfShape, tooMuchTime } from '../support/growth.ts'

/** Looks at every character. */
const once = (text: string): number => {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) >>> 0
  return sum
}

/** Looks at every character from every eighth on, as a pattern does that begins anew. */
const overAndOver = (text: string): number => {
  let sum = 0
  for (let from = 0; from < text.length; from += 8) sum += once(text.slice(from))
  return sum
}

const letters = (length: number) => 'a'.repeat(length)

describe('the measure of growth', () => {
  test('finds work that is quadratic', async () => {
    expect(await tooMuchTime(overAndOver, letters)).toMatch(
      /^(4096|8192) characters: .* ms \d+ characters: .* ms $/,
    )
  })

  test('passes work that is linear, and what takes turns with others', async () => {
    const tenTimes = (text: string) => Array.from({ length: 10 }, () => once(text))
    expect(await tooMuchTime(tenTimes, letters)).toBeUndefined()
  })

  test('finds the one shape among many that takes too long', async () => {
    const work = (text: string) => (text.includes('xy') ? overAndOver(text) : once(text))
    await expect(expectLinear(work, repetitiveShapes(['x', 'y', 'z']), 200)).rejects.toThrow('takes too long')
  })

  test('makes texts of the length that is asked for', () => {
    const text = textOfShape({ head: '<', units: ['ab', 'c'], tail: '>' }, 12)
    expect(text).toBe('<ababaccccc>')
  })
})
