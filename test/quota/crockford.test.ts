import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeCrockford, encodeCrockford } from '../../src/quota/crockford.ts'

const bytes = fc
  .integer({ min: 0, max: 12 })
  .chain((fives) => fc.uint8Array({ minLength: fives * 5, maxLength: fives * 5 }))

describe("Crockford's base32", () => {
  test('writes known bytes as known characters', () => {
    expect(encodeCrockford(Buffer.from('hello'))).toBe('D1JPRV3F')
    expect(encodeCrockford(Buffer.from('00443214c74254b635cf84653a56d7c675be77df', 'hex'))).toBe(
      '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
    )
  })

  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(bytes, (each) => {
        const text = encodeCrockford(each)
        expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]*$/)
        expect(text).toHaveLength((each.length / 5) * 8)
        expect(decodeCrockford(text)).toEqual(each)
      }),
    )
  })

  test('reads no character of another alphabet', () => {
    for (const char of ['I', 'L', 'O', 'U', 'a', '-', ' ', '０', '中', '\uD800', '\0'])
      expect(decodeCrockford(`0000000${char}`)).toBeUndefined()
  })
})
