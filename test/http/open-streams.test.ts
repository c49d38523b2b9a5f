import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createOpenStreams } from '../../src/http/page-api/open-streams.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

test('there are never more of one kind than may be, and all are given back', () => {
  const keys = fc.constantFrom('a', 'b', 'c')
  const act = fc.record({
    takes: fc.boolean(),
    slots: fc.array(keys, { minLength: 1, maxLength: 2 }),
    at: fc.nat(),
  })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const streams = createOpenStreams()
      const most = { a: 1, b: 2, c: 4 }
      const open: { slots: string[]; giveBack: () => void }[] = []
      const count = (key: string) => open.filter(({ slots }) => slots.includes(key)).length
      for (const { takes, slots, at } of acts) {
        const wanted = [...new Set(slots)]
        if (takes) {
          const fits = wanted.every((key) => count(key) < most[key])
          const giveBack = streams.take(wanted.map((key) => ({ key, most: most[key] })))
          expect(giveBack !== undefined).toBe(fits)
          if (giveBack) open.push({ slots: wanted, giveBack })
        } else if (open.length > 0) {
          const [over] = open.splice(at % open.length, 1)
          over?.giveBack()
          // Once is enough.
          over?.giveBack()
        }
      }
    }),
  )
})

describe('streams of the page', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('sqlite', { WECHAT_ACCOUNT: 'service' })
  })
  afterAll(() => service.close())
  const newClient = () => createPageClient(service.url, { check() {}, seen: new Set() })

  /** Streams that stay open until they are left. */
  const openStreams = (cookies: Map<string, string>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const left: AbortController[] = []
    return {
      async open(path: string, from = '203.0.113.1') {
        const leave = new AbortController()
        const headers = { cookie, 'x-forwarded-for': from }
        const response = await fetch(service.url + path, { headers, signal: leave.signal })
        if (response.status === 200) left.push(leave)
        else leave.abort()
        return response
      },
      leaveOne: () => left.pop()?.abort(),
      leaveAll() {
        for (const each of left.splice(0)) each.abort()
      },
    }
  }
  const expectRefused = async (response: Response) => {
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  const ticketOf = async (client: ReturnType<typeof newClient>, from: string) => {
    const { body } = await client.call('POST', '/api/login/tickets', {}, { 'x-forwarded-for': from })
    return `/api/login/tickets/${body.ticket}/events`
  }

  test('two may wait for one scan; a third may when one of them has gone', async () => {
    const client = newClient()
    const path = await ticketOf(client, '203.0.113.1')
    const streams = openStreams(client.cookies)
    expect((await streams.open(path)).status).toBe(200)
    expect((await streams.open(path, '203.0.113.2')).status).toBe(200)
    await expectRefused(await streams.open(path, '203.0.113.3'))
    streams.leaveOne()
    await until(async () => (await streams.open(path)).status === 200)
    streams.leaveAll()
  })

  test('thirty from one address may wait for scans, and one from another still can', async () => {
    const opened: ReturnType<typeof openStreams>[] = []
    const statuses: number[] = []
    for (let count = 0; count < 33; count += 1) {
      const client = newClient()
      const path = await ticketOf(client, `2001:db8:9:9::${count + 1}`)
      const streams = openStreams(client.cookies)
      opened.push(streams)
      statuses.push((await streams.open(path, `2001:db8:9:9::${count + 100}`)).status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(30)
    expect(statuses.slice(30)).toEqual([429, 429, 429])
    const elsewhere = newClient()
    const path = await ticketOf(elsewhere, '198.51.100.7')
    const streams = openStreams(elsewhere.cookies)
    opened.push(streams)
    expect((await streams.open(path, '198.51.100.7')).status).toBe(200)
    for (const each of opened) each.leaveAll()
  })

  test('ten of one person may read answers, of whichever question; ended ones do not count', async () => {
    const client = newClient()
    await logIn(client, service.weixin, openidOf('many streams'))
    const { body: me } = await client.call('GET', '/api/me')
    const ask = async (text: string) => {
      const { body } = await client.call('POST', `/api/conversations/${me.conversationId}/turns`, { text })
      return `/api/turns/${body.turnId}/events`
    }
    const quick = await ask('快')
    for (let times = 0; times < 15; times += 1)
      expect((await client.events(quick)).at(-1)?.type).toBe('finish')
    const slow = await ask('慢 60')
    const streams = openStreams(client.cookies)
    for (let count = 0; count < 10; count += 1)
      expect((await streams.open(slow, `203.0.113.${count}`)).status).toBe(200)
    await expectRefused(await streams.open(slow, '203.0.113.99'))
    const other = newClient()
    await logIn(other, service.weixin, openidOf('somebody else'))
    expect((await openStreams(other.cookies).open(slow)).status).toBe(404)
    streams.leaveAll()
    await until(async () => (await streams.open(slow)).status === 200)
    streams.leaveAll()
    await client.call('POST', slow.replace('events', 'stop'))
  })
})
