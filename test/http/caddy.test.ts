import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Caddy, startCaddy } from '../support/caddy.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Service, startService } from '../support/service.ts'

const PUBLIC = 'https://bot.example.com'
const host = { host: 'bot.example.com' }
const postAs = async (url: string, init: RequestInit): Promise<Response> => {
  const { origin, pathname, search } = new URL(url)
  const headers = { ...host, 'content-type': 'text/xml' }
  const answer = await rawRequest(origin, `POST ${pathname}${search}`, headers, '1.1', String(init.body))
  return new Response(answer.body, { status: answer.status })
}
const faultsOf = (service: Service) => service.lines.flatMap(({ fields }) => Object(fields).fault ?? [])

describe('the service behind the Caddyfile that is shipped', () => {
  let service: Service
  let caddy: Caddy
  beforeAll(async () => {
    service = await startService(
      'sqlite',
      { PUBLIC_URL: PUBLIC, WECHAT_ACCOUNT: 'service', WECHAT_REPLY_BUDGET_MS: '4500' },
      { fetch: postAs },
    )
    caddy = await startCaddy(service.url)
  })
  afterAll(async () => {
    await caddy.close()
    await service.close()
  })

  test('answers WeChat, and finds nothing to be wrong', async () => {
    const { platform } = service.weixin
    platform.setCallbackUrl(`${caddy.url}/wechat/callback`)
    expect((await platform.send(openidOf('through caddy'), '你好')).replied).toBe(true)
    const page = await rawRequest(caddy.url, '/', host)
    expect(page.headers['strict-transport-security']).toContain('max-age')
    expect(page.headers).not.toHaveProperty('server')
    expect(faultsOf(service)).toEqual([])
    platform.setCallbackUrl(service.callbackUrl)
  })

  test('has its pages compressed on the way', async () => {
    const { headers, body } = await rawRequest(caddy.url, '/', { ...host, 'accept-encoding': 'identity' })
    expect(headers).not.toHaveProperty('content-encoding')
    expect(body).toContain('<!doctype html>')
    const answer = await fetch(`${caddy.url}/api/openapi.json`, {
      headers: { 'accept-encoding': 'zstd, gzip' },
    })
    expect(answer.headers.get('content-encoding')).toMatch(/zstd|gzip/)
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(body) ?? []
    const sent = await rawRequest(caddy.url, script, { ...host, 'accept-encoding': 'gzip' })
    expect([script, sent.headers['content-encoding']]).toEqual([script, 'gzip'])
  })

  test('has an answer read while it is written, not compressed and not kept back', async () => {
    const client = createPageClient(service.url, { check() {}, seen: new Set() })
    await logIn(client, service.weixin, openidOf('reads along'))
    const { body: me } = await client.call('GET', '/api/me')
    const path = `/api/conversations/${me.conversationId}/turns`
    const { body } = await client.call('POST', path, { text: '慢 30' })
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const leave = new AbortController()
    const response = await fetch(`${caddy.url}/api/turns/${body.turnId}/events`, {
      headers: { cookie, 'accept-encoding': 'gzip' },
      signal: leave.signal,
    })
    expect(response.headers.get('content-encoding')).toBeNull()
    const first = await response.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toContain('retry:')
    leave.abort()
    await client.call('POST', `/api/turns/${body.turnId}/stop`)
  })

  test.each([
    ...[
      '/metrics',
      '/readyz',
      '/sandbox',
      '/sandbox/wire',
      '/METRICS',
      '/Sandbox/',
      '/metrics/',
      '//metrics',
    ],
    ...[
      '/%6detrics',
      '/%4dETRICS',
      '/.//readyz',
      '/x/../readyz',
      '/x/%2e%2e/metrics',
      '/metrics%2f',
      '/readyz?a=1',
    ],
  ])('does not show %s to the public', async (path) => {
    for (const url of [caddy.url, caddy.tunnelUrl]) {
      const answer = await rawRequest(url, path, host)
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.body).toBe('')
    }
  })

  test('is sent nothing that is larger than it takes', async () => {
    const post = (bytes: number) =>
      fetch(`${caddy.url}/api/login`, {
        method: 'POST',
        headers: { ...host, origin: PUBLIC, 'content-type': 'application/json' },
        body: JSON.stringify({ code: 'x'.repeat(bytes) }),
      })
    expect((await post(100_000)).headers.get('content-type')).toContain('problem+json')
    expect((await post(300_000)).status).toBe(413)
  })
})

/** A service of which only what arrives matters. */
const startEcho = async (name: string, answerAfterMs = 0) => {
  const seen: IncomingMessage[] = []
  const server = createServer(async (req, res) => {
    seen.push(req)
    let body = ''
    for await (const piece of req) body += piece
    await pause(answerAfterMs)
    res.end(`${name}:${body}`)
  })
  const listen = async (port = 0): Promise<string> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return urlOf(server)
  }
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: await listen(), seen, listen, stop }
}
const urlOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}
const post = (url: string, body: string, headers: { [name: string]: string } = {}) =>
  rawRequest(url, 'POST /wechat/callback', { ...host, ...headers }, '1.1', body)

describe('the front', () => {
  // Whatever a test expected: nothing of it goes on.
  const closings: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closings.splice(0).toReversed()) await close()
  })
  const openEcho = async (name: string, answerAfterMs = 0) => {
    const echo = await startEcho(name, answerAfterMs)
    closings.push(echo.stop)
    return echo
  }
  const openCaddy = async (target: string) => {
    const caddy = await startCaddy(target)
    closings.push(caddy.close)
    return caddy
  }

  test('names the host and the visitor, and believes a tunnel alone', async () => {
    const echo = await openEcho('echo')
    const caddy = await openCaddy(echo.url)
    const claim = { 'x-forwarded-for': '203.0.113.9' }
    await post(caddy.url, '', claim)
    await post(caddy.tunnelUrl, '', claim)
    expect(echo.seen.map(({ headers }) => [headers.host, headers['x-forwarded-for']])).toEqual([
      ['bot.example.com', '127.0.0.1'],
      ['bot.example.com', '203.0.113.9, 127.0.0.1'],
    ])
  })

  test('leads to another version without dropping what is under way', async () => {
    const [old, next] = [await openEcho('old', 1500), await openEcho('next')]
    const caddy = await openCaddy(old.url)
    const underWay = post(caddy.url, 'slow')
    while (old.seen.length === 0) await pause(20)
    caddy.leadTo(next.url)
    expect((await post(caddy.url, 'new')).body).toBe('next:new')
    expect((await underWay).body).toBe('old:slow')
  })

  test('has whoever opens the page wait while the service is started anew', async () => {
    const echo = await openEcho('echo')
    const caddy = await openCaddy(echo.url)
    const { port } = new URL(echo.url)
    await rawRequest(caddy.url, '/', host)
    await echo.stop()
    const held = rawRequest(caddy.url, '/', host)
    await pause(500)
    await echo.listen(Number(port))
    expect([(await held).status, (await held).body]).toEqual([200, 'echo:'])
  })

  // Of a fault it would tell the user at once.
  test('says nothing to WeChat, which then asks again, of a callback that the service took no answer to', async () => {
    const echo = await openEcho('echo', 2000)
    const caddy = await openCaddy(echo.url)
    const heard = ['in the middle of it', 'while it is away'].map(async (body, index) => {
      await pause(index * 500)
      return Promise.race([post(caddy.url, body), pause(5500, 'silence')])
    })
    while (echo.seen.length === 0) await pause(20)
    const stopped = echo.stop()
    expect(await Promise.all(heard)).toEqual(['silence', 'silence'])
    await stopped
    expect((await rawRequest(caddy.url, 'POST /api/login', host, '1.1', '{}')).status).toBe(502)
  })
})
