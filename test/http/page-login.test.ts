import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, type Description, logIn, readDescription } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { createShiftedClock } from '../support/shifted-clock.ts'
import { until } from '../support/until.ts'

const MINUTE_MS = 60_000

describe('logging in on the page', () => {
  let service: Service
  let description: Description
  const clock = createShiftedClock()
  const stranger = () => createPageClient(service.url, description)

  beforeAll(async () => {
    service = await startService('sqlite', { WECHAT_ACCOUNT: 'service' }, { clock })
    description = await readDescription(service.url)
  }, 60_000)
  afterAll(() => service.close())

  test('the page is told when its QR code is scanned, and once more when it comes back', async () => {
    const client = stranger()
    const { body: ticket } = await client.call('POST', '/api/login/tickets')
    const path = `/api/login/tickets/${ticket.ticket}/events`
    const told = client.events(path, { enough: (all) => all.length > 0 })
    await service.weixin.platform.scan(
      openidOf('scans'),
      new URL(ticket.qrUrl).searchParams.get('ticket') ?? '',
    )
    expect(await told).toMatchObject([{ id: 'scanned', type: 'scanned' }])
    expect(await client.events(path, { enough: (all) => all.length > 0 })).toMatchObject([
      { type: 'scanned' },
    ])
    clock.pass(5 * MINUTE_MS)
    expect(await client.events(path, { lastId: 'scanned' })).toMatchObject([
      { id: 'expired', type: 'expired' },
    ])
  })

  test('a code that came too late is told apart from a wrong one, and cannot be used', async () => {
    const client = stranger()
    await service.weixin.platform.send(openidOf('late'), '登录')
    const code = /\d{8}/.exec(
      service.weixin.platform.phone(openidOf('late')).messages.at(-1)?.text ?? '',
    )?.[0]
    clock.pass(5 * MINUTE_MS)
    const { status, body } = await client.call('POST', '/api/login', { code })
    expect([status, body.code]).toEqual([401, 'expired-code'])
    expect(client.cookies.has('yingda_session')).toBe(false)
  })

  test('one tap inside WeChat logs in who has written before, and goes where they wanted', async () => {
    await service.weixin.platform.send(openidOf('tapper'), '你好')
    const client = stranger()
    const away = await client.call('GET', '/api/login/oauth?to=%2Faccount')
    const back = await fetch(`${away.headers.get('location')?.replace('#', '&from=tapper#')}`, {
      redirect: 'manual',
    })
    const address = new URL(back.headers.get('location') ?? '')
    expect(address.origin).toBe(service.url)
    const done = await client.call('GET', address.pathname + address.search)
    expect([done.status, done.headers.get('location')]).toEqual([302, '/account'])
    expect((await client.call('GET', '/api/me')).status).toBe(200)
    // The same address in another browser, or again, opens nothing.
    for (const other of [stranger(), client]) {
      const refused = await other.call('GET', address.pathname + address.search)
      expect(refused.headers.get('location')).toBe('/login?error=wrong-state')
    }
  })

  test('the way back leads nowhere but to this page', async () => {
    for (const to of ['//evil.example', 'https://evil.example', '/\\evil.example', 'x']) {
      await service.weixin.platform.send(openidOf('tapper'), '你好')
      const client = stranger()
      const away = await client.call('GET', `/api/login/oauth?to=${encodeURIComponent(to)}`)
      const back = await fetch(`${away.headers.get('location')?.replace('#', '&from=tapper#')}`, {
        redirect: 'manual',
      })
      const address = new URL(back.headers.get('location') ?? '')
      const done = await client.call('GET', address.pathname + address.search)
      expect([to, done.headers.get('location')]).toEqual([to, '/'])
    }
  })

  test('the session is put off by use, and over thirty days after the last', async () => {
    const client = stranger()
    await logIn(client, service.weixin, openidOf('stays'))
    clock.pass(20 * 24 * 60 * MINUTE_MS)
    const { headers, status } = await client.call('GET', '/api/me')
    expect(status).toBe(200)
    expect(headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=2592000')])
    clock.pass(29 * 24 * 60 * MINUTE_MS)
    expect((await client.call('GET', '/api/me')).status).toBe(200)
    clock.pass(30 * 24 * 60 * MINUTE_MS)
    const over = await client.call('GET', '/api/me')
    expect(over.status).toBe(401)
    expect(client.cookies.has('yingda_session')).toBe(false)
  })

  test('a login in the same browser ends the one before it, as another person too', async () => {
    const client = stranger()
    const tokens: string[] = []
    for (const name of ['first', 'first', 'second']) {
      await logIn(client, service.weixin, openidOf(name))
      tokens.push(client.cookies.get('yingda_session') ?? '')
    }
    const statuses = []
    for (const token of tokens) {
      client.cookies.set('yingda_session', token)
      statuses.push((await client.call('GET', '/api/me')).status)
      client.cookies.set('yingda_session', token)
    }
    expect(statuses).toEqual([401, 401, 200])
  })

  test('export and erase want a login of the last half hour, to the millisecond', async () => {
    const client = stranger()
    await logIn(client, service.weixin, openidOf('careful'))
    expect((await client.call('GET', '/api/me')).body.freshLogin).toBe(true)
    expect((await client.call('GET', '/api/export')).status).toBe(200)
    clock.pass(30 * MINUTE_MS)
    expect((await client.call('GET', '/api/me')).body.freshLogin).toBe(false)
    for (const [method, path] of [
      ['GET', '/api/export'],
      ['DELETE', '/api/me'],
    ] as const) {
      const { status, body } = await client.call(method, path)
      expect([status, body.code]).toEqual([403, 'fresh-login-needed'])
    }
    await logIn(client, service.weixin, openidOf('careful'))
    expect((await client.call('GET', '/api/export')).status).toBe(200)
    expect((await client.call('DELETE', '/api/me')).status).toBe(204)
  })

  test('logins and refusals are counted and logged, the refusals of a minute as one line', async () => {
    const client = stranger()
    const from = service.lines.length
    const counted = async (outcome: string) => {
      const text = await (await fetch(`${service.url}/metrics`)).text()
      return Number(new RegExp(`yingda_logins_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
    }
    const before = [await counted('success'), await counted('wrong')]
    await logIn(client, service.weixin, openidOf('logged'))
    for (let each = 0; each < 4; each += 1) await stranger().call('POST', '/api/login', { code: '000000' })
    expect([await counted('success'), await counted('wrong')]).toEqual([
      (before[0] ?? 0) + 1,
      (before[1] ?? 0) + 4,
    ])
    const lines = service.lines.slice(from)
    const { id } = (await client.call('GET', '/api/me')).body
    expect(lines.filter(({ message }) => message === 'somebody logged in')).toMatchObject([
      { level: 'info', fields: { userId: id, network: '127.0.0.0/24', way: 'code' } },
    ])
    expect(lines.filter(({ message }) => message === 'logins were refused').length).toBeLessThanOrEqual(1)
  })

  test('after too many wrong codes it says what works at once, and that does', async () => {
    const client = stranger()
    await client.call('POST', '/api/login/tickets')
    const answers = []
    for (let each = 0; each < 6; each += 1)
      answers.push(await client.call('POST', '/api/login', { code: `00000${each}` }))
    const { status, body } = answers.at(-1) ?? {}
    expect([status, body.code]).toEqual([429, 'too-many-tries'])
    expect(body.detail).toMatch(/\d+ 分钟.*换一个二维码/)
    await logIn(client, service.weixin, openidOf('mistyped'))
  })

  test('a slow reader holds up nobody, and gets every word', async () => {
    const client = stranger()
    await logIn(client, service.weixin, openidOf('slow reader'))
    const { body: me } = await client.call('GET', '/api/me')
    const { body } = await client.call('POST', `/api/conversations/${me.conversationId}/turns`, {
      text: '长 200000',
    })
    const path = `/api/turns/${body.turnId}`
    const { hostname, port } = new URL(service.url)
    const socket = createConnection(Number(port), hostname)
    const cookie = `yingda_session=${client.cookies.get('yingda_session')}`
    socket.write(
      `GET ${path}/events HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`,
    )
    socket.pause()
    await until(async () => (await client.call('GET', path)).body.status === 'answered')
    let got = ''
    socket.setEncoding('utf8')
    for await (const piece of socket) got += piece
    const text = [...got.matchAll(/event: delta\ndata: (.*)/g)]
      .map(([, data = '']) => JSON.parse(data).text)
      .join('')
    expect(text).toHaveLength(200_000)
    expect(got).toContain('event: finish')
  }, 30_000)
})
