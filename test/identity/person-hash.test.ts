import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createPersonHash } from '../../src/identity/person-hash.ts'

const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)
const PERSON = { account: 'gh_0123456789ab', openid: 'oZI8Fj040-be6rlDohc6gkoPOQTQ' }

describe("a person's hash", () => {
  const { hash, candidates } = createPersonHash({ current: OLD, previous: [] })

  test('is the same for a person and does not show them', () => {
    expect(hash(PERSON)).toMatch(/^[\w-]{43}$/)
    expect(hash({ ...PERSON })).toBe(hash(PERSON))
    expect(candidates(PERSON)).toEqual([hash(PERSON)])
  })

  test('stays what it is: stored ones outlive a release', () => {
    expect(hash(PERSON)).toBe('0Nr_eqefeL5cO7DDOWmv6XHIiNttGJbElUy7HpQYI7o')
  })

  test('is another for everybody else', () => {
    const people = [
      PERSON,
      { ...PERSON, account: 'gh_0123456789ac' },
      { ...PERSON, openid: PERSON.openid.toLowerCase() },
      { account: PERSON.openid, openid: PERSON.account },
    ]
    expect(new Set(people.map((person) => hash(person))).size).toBe(people.length)
  })

  test('is another for each message, and for none', () => {
    const all = [hash(PERSON), hash(PERSON, ''), hash(PERSON, 'm:1'), hash(PERSON, 'm:2')]
    expect(new Set(all).size).toBe(all.length)
    expect(candidates(PERSON, 'm:1')).toEqual([hash(PERSON, 'm:1')])
  })

  test('is another when a character moves from the account to the OpenID', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '\\', '\n', '\0', ':', '\uD800', '中') })
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        if (b === '') return
        expect(hash({ account: a + b, openid: c })).not.toBe(hash({ account: a, openid: b + c }))
      }),
    )
    expect(hash({ account: '\uD800', openid: '' })).not.toBe(hash({ account: '\uD801', openid: '' }))
  })

  test('is looked up under the current secret, then under all that came before', () => {
    const rotated = createPersonHash({ current: NEW, previous: [OLD] })
    expect(rotated.hash(PERSON)).not.toBe(hash(PERSON))
    expect(rotated.candidates(PERSON)).toEqual([rotated.hash(PERSON), hash(PERSON)])
    const twice = createPersonHash({ current: Buffer.alloc(32, 3), previous: [NEW, OLD] })
    expect(twice.candidates(PERSON)).toEqual([twice.hash(PERSON), rotated.hash(PERSON), hash(PERSON)])
    expect([twice.limitKey(PERSON), rotated.limitKey(PERSON)]).toEqual([hash(PERSON), hash(PERSON)])
  })
})
