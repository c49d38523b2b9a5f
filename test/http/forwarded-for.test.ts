import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Router } from 'express'
import fc from 'fast-check'
import { createIds } from '../../src/base/ids.ts'
import { forwardedAddresses } from '../../src/http/forwarded-for.ts'
import { createHttp, type Listening, listen } from '../../src/http/server.ts'
import { logTo } from '../support/log-to.ts'

let listening: Listening
beforeAll(async () => {
  listening = await listen(0, '127.0.0.1')
  const router = Router()
  router.get('/who', (req, res) => void res.json(req.ip))
  const settings = { trustProxy: 'loopback, 10.0.0.0/8', publicUrl: 'https://bot.example.com' }
  listening.serve(createHttp([router], createIds(Date.now), logTo().log, settings))
})
afterAll(() => listening.close())

const visitorOf = async (header: string) =>
  (await fetch(`${listening.url}/who`, { headers: { 'x-forwarded-for': header } })).json()

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['203.0.113.9, 10.0.0.7', '203.0.113.9'],
  ['2001:db8::1', '2001:db8::1'],
  ['garbage-0', '127.0.0.1'],
  ['', '127.0.0.1'],
  [',', '127.0.0.1'],
  ['unknown', '127.0.0.1'],
  ['_hidden', '127.0.0.1'],
  ['203.0.113.9, garbage', '127.0.0.1'],
  ['garbage, 203.0.113.9', '203.0.113.9'],
  ['forged, 10.0.0.7', '10.0.0.7'],
  ['203.0.113.9, forged, 10.0.0.7', '10.0.0.7'],
  ['999.1.1.1', '127.0.0.1'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['"[2001:db8::1]"', '2001:db8::1'],
  ['203.0.113.9:port', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
])('X-Forwarded-For: %s is %s to the limits', async (header, visitor) => {
  expect(await visitorOf(header)).toBe(visitor)
})

test('whatever is sent, a visitor is an address, and what stands before something else is not believed', () => {
  const words = fc.string({ maxLength: 20 }).filter((each) => forwardedAddresses(each).length === 0)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), words)),
      words,
      fc.array(fc.ipV4()),
      (before, word, after) => {
        const found = forwardedAddresses([...before, word, ...after].join(', '))
        // A word with a comma in it may end in an address.
        expect(found.slice(-after.length || found.length)).toEqual(after)
        if (!word.includes(',')) expect(found).toEqual(after)
      },
    ),
  )
})
