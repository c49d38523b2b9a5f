import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ChannelSpec } from '../../src/llm/channel-spec.ts'
import { candidatesFor, contextTokensOf, modelsOf } from '../../src/llm/models.ts'

const spec = (
  code: string,
  more: Partial<ChannelSpec> & { prices?: { [name: string]: number } } = {},
): ChannelSpec => {
  const { prices = { m: 1 }, ...rest } = more
  return {
    code,
    baseUrl: undefined,
    apiKeys: ['k'],
    models: new Map(Object.entries(prices).map(([name, price]) => [name, { upstream: name, price }])),
    ...{ priority: 1, weight: 1, firstTokenTimeoutMs: 1, silenceTimeoutMs: 1, ownKeys: false },
    ...rest,
  }
}
const codes = (channels: readonly ChannelSpec[]) => channels.map(({ code }) => code)

describe('the models on offer', () => {
  test('stand in the order of the file, each once, with its channels', () => {
    const channels = [spec('a', { prices: { z: 1, m: 2 } }), spec('b', { prices: { a: 0, m: 1 } })]
    expect(modelsOf(channels)).toEqual([
      { id: 'z', channels: ['a'], price: 1 },
      { id: 'm', channels: ['a', 'b'], price: 2 },
      { id: 'a', channels: ['b'], price: 0 },
    ])
  })

  test('cost what the dearest of their channels asks, so that failing over never costs more', () => {
    const channels = [spec('a', { prices: { m: 0 } }), spec('b', { prices: { m: 7 } }), spec('c')]
    expect(modelsOf(channels)).toEqual([{ id: 'm', channels: ['a', 'b', 'c'], price: 7 }])
  })

  test('have prompts as long as every channel that may answer allows', () => {
    const saying = (code: string, contextTokens: number, more: Partial<ChannelSpec> = {}) =>
      spec(code, { models: new Map([['m', { upstream: 'm', price: 1, contextTokens }]]), ...more })
    const own = saying('own', 100, { apiKeys: [], ownKeys: true })
    expect(contextTokensOf([spec('a'), saying('b', 9000), saying('c', 4000), own], 'm')).toBe(4000)
    expect(contextTokensOf([spec('a'), own], 'm')).toBeUndefined()
    expect(contextTokensOf([saying('b', 9000)], 'n')).toBeUndefined()
  })

  test('leave out channels that have no key but for users of their own', () => {
    const channels = [spec('a', { apiKeys: [], ownKeys: true }), spec('b', { apiKeys: [], prices: { n: 1 } })]
    expect(modelsOf(channels)).toEqual([{ id: 'n', channels: ['b'], price: 1 }])
    expect(candidatesFor(channels, 'm', Math.random)).toEqual([])
  })
})

describe('the candidates for a model', () => {
  test('are the channels that offer it, by priority', () => {
    const channels = [
      spec('c', { priority: 3 }),
      spec('x', { prices: { other: 1 } }),
      spec('a'),
      spec('b', { priority: 2 }),
    ]
    expect(codes(candidatesFor(channels, 'm', Math.random))).toEqual(['a', 'b', 'c'])
    expect(candidatesFor(channels, 'nothing', Math.random)).toEqual([])
  })

  test('come first as often as their weight says', () => {
    const channels = [spec('one', { weight: 1 }), spec('none', { weight: 0 }), spec('three', { weight: 3 })]
    const random = seeded(1)
    const first = { one: 0, three: 0, none: 0 }
    const second = { one: 0, three: 0, none: 0 }
    for (let run = 0; run < 10_000; run += 1) {
      const [a, b] = codes(candidatesFor(channels, 'm', random))
      if (a === 'one' || a === 'three' || a === 'none') first[a] += 1
      if (b === 'one' || b === 'three' || b === 'none') second[b] += 1
    }
    expect(first.none + second.none).toBe(0)
    expect(first.three / first.one).toBeGreaterThan(2.8)
    expect(first.three / first.one).toBeLessThan(3.2)
  })

  test('draw the later places by weight as well', () => {
    const channels = [spec('a', { weight: 1000 }), spec('b', { weight: 3 }), spec('c', { weight: 1 })]
    const random = seeded(2)
    let bBeforeC = 0
    for (let run = 0; run < 10_000; run += 1) {
      const order = codes(candidatesFor(channels, 'm', random))
      if (order.indexOf('b') < order.indexOf('c')) bBeforeC += 1
    }
    expect(bBeforeC / 10_000).toBeGreaterThan(0.73)
    expect(bBeforeC / 10_000).toBeLessThan(0.77)
  })

  test('are all there, once, in order of priority, the weightless last, whatever chance says', () => {
    const channel = fc.record({ priority: fc.nat(3), weight: fc.nat(3), offers: fc.boolean() })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(channel, { maxLength: 12 }),
        fc.array(chance, { minLength: 12, maxLength: 12 }),
        (shapes, draws) => {
          const channels = shapes.map(({ offers, ...rest }, index) =>
            spec(`c${index}`, { ...rest, prices: offers ? { m: 1, n: 1 } : { n: 1 } }),
          )
          let drawn = 0
          const random = () => {
            drawn += 1
            return draws[drawn - 1] ?? 0
          }
          const found = candidatesFor(channels, 'm', random)
          expect(codes(found).toSorted()).toEqual(
            codes(channels.filter(({ models }) => models.has('m'))).toSorted(),
          )
          for (const [index, next] of found.slice(1).entries()) {
            const before = found[index] ?? next
            expect(before.priority).toBeLessThanOrEqual(next.priority)
            if (before.priority === next.priority && before.weight === 0) expect(next.weight).toBe(0)
          }
        },
      ),
    )
  })
})

/** Mulberry32: the same numbers in every run. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
