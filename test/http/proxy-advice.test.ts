import { afterEach, describe, expect, test } from '@jest/globals'
import { Router } from 'express'
import { createIds } from '../../src/base/ids.ts'
import { speak } from '../../src/base/say.ts'
import { createProxyAdvice } from '../../src/http/proxy-advice.ts'
import { createHttp, type Listening, listen } from '../../src/http/server.ts'
import { logTo } from '../support/log-to.ts'
import { rawRequest } from '../support/raw-request.ts'
import { startService } from '../support/service.ts'

const closings: (() => Promise<void>)[] = []
afterEach(async () => {
  speak('en')
  for (const close of closings.splice(0)) await close()
})

type Seen = { peer?: string; headers?: { [name: string]: string }; version?: string; path?: string }

const serve = async (publicUrl: string, trustProxy = 'loopback') => {
  const listening: Listening = await listen(0, '127.0.0.1')
  closings.push(listening.close)
  const { log, lines } = logTo()
  let peer: string | undefined
  const app = createHttp([Router()], createIds(Date.now), log, {
    trustProxy,
    publicUrl,
    advice: createProxyAdvice(log),
  })
  listening.serve(
    Object.assign(app, {
      handle: (
        (handle) =>
        (req: { socket: object }, ...rest: unknown[]) => {
          if (peer !== undefined) Object.defineProperty(req.socket, 'remoteAddress', { value: peer })
          return handle.call(app, req, ...rest)
        }
      )(Reflect.get(app, 'handle')),
    }),
  )
  return {
    lines,
    async ask({ peer: from, headers = {}, version = '1.1', path = '/x' }: Seen) {
      peer = from
      const { status } = await rawRequest(listening.url, path, headers, version)
      expect(status).toBe(404)
      return lines.map(({ fields }) => Object(fields).fault)
    },
  }
}

const PUBLIC = 'https://bot.example.com'
const XFF = { 'x-forwarded-for': '203.0.113.9' }

describe('a web server in front', () => {
  test.each<[string, Seen, string[]]>([
    ['passes everything on', { headers: { host: 'bot.example.com', ...XFF } }, []],
    ['passes the host on and no visitor', { headers: { host: 'bot.example.com' } }, ['visitors-hidden']],
    [
      'passes on what a visitor wrote',
      { headers: { host: 'bot.example.com', 'x-forwarded-for': 'garbage-0' } },
      ['visitors-hidden'],
    ],
    ['is nginx without a word more than proxy_pass', { version: '1.0' }, ['visitors-hidden', 'host-lost']],
    [
      'leaves no sign, and carries a click',
      { headers: { origin: PUBLIC } },
      ['visitors-hidden', 'host-lost'],
    ],
    [
      'leaves no sign, and carries a post of WeChat',
      { path: 'POST /wechat/callback' },
      ['visitors-hidden', 'host-lost'],
    ],
    ['passes the visitor on and no host', { headers: { ...XFF, via: '1.1 x' } }, ['host-lost']],
    [
      'stands in another container and is not trusted',
      { peer: '172.18.0.5', headers: { host: 'bot.example.com', ...XFF } },
      ['not-trusted'],
    ],
    [
      'stands in another container and names nobody',
      { peer: '172.18.0.5', headers: { host: 'bot.example.com' } },
      ['visitors-hidden'],
    ],
  ])('that %j is noticed', async (_what, seen, faults) => {
    const service = await serve(PUBLIC)
    expect(await service.ask(seen)).toEqual(faults)
    // Once is enough.
    expect(await service.ask(seen)).toEqual(faults)
  })

  test.each<[string, string, Seen]>([
    ['a program on this machine', PUBLIC, {}],
    ['a health check in old HTTP', PUBLIC, { path: '/healthz', version: '1.0' }],
    ['somebody on the internet who forges', PUBLIC, { peer: '203.0.113.9', headers: XFF }],
    ['somebody on the internet', PUBLIC, { peer: '203.0.113.9', headers: { host: 'bot.example.com' } }],
    [
      'a phone at home',
      'http://192.168.1.5:8080',
      { peer: '192.168.1.7', headers: { host: '192.168.1.5:8080' } },
    ],
    ['Prometheus in another container', PUBLIC, { peer: '172.18.0.9', headers: { host: 'yingda:8080' } }],
    ['the sandbox', 'http://127.0.0.1:8080', { headers: { host: 'localhost:8080' } }],
    ['a simulated WeChat', 'http://127.0.0.1:8080', { path: 'POST /wechat/callback' }],
    ['a foreign page that knows this machine', PUBLIC, { headers: { origin: 'https://evil.example' } }],
  ])('is not seen in %s', async (_who, publicUrl, seen) => {
    expect(await (await serve(publicUrl)).ask(seen)).toEqual([])
  })

  test('is told of in both languages, with the lines that mend it, without what visitors said', async () => {
    speak('zh')
    const service = await serve(PUBLIC)
    await service.ask({ headers: { host: 'bot.example.com', cookie: 'yingda_session=secret' } })
    const [line] = service.lines
    expect(line).toMatchObject({
      level: 'warn',
      message: expect.stringContaining("visitors' addresses"),
      fields: {
        fault: 'visitors-hidden',
        hint: expect.stringContaining('访客'),
        mend: {
          nginx: expect.arrayContaining(['proxy_set_header X-Forwarded-For $remote_addr;']),
          caddy: [expect.stringContaining('reverse_proxy')],
        },
      },
    })
    expect(JSON.stringify(line)).not.toContain('secret')
  })

  test('is believed under TRUST_PROXY, and then nothing is wrong', async () => {
    const service = await serve(PUBLIC, 'loopback, uniquelocal')
    const seen = { peer: '172.18.0.5', headers: { host: 'bot.example.com', ...XFF } }
    expect(await service.ask(seen)).toEqual([])
  })
})

describe('a click on the page under an address that the service does not know of', () => {
  const click = async (origin: string, headers: { [name: string]: string }, more = {}) => {
    const service = await startService('sqlite', more)
    closings.push(service.close)
    const sent = { ...headers, origin, 'content-type': 'application/json', 'content-length': '0' }
    const answer = await rawRequest(service.url, 'POST /api/login/tickets', sent)
    const told = service.lines.filter(({ fields }) => Object(fields).fault === 'other-address')
    return { answer, told }
  }

  test('is refused with a word for the user, and the operator is told which address that is', async () => {
    const { answer, told } = await click('https://bot.example.com', { 'sec-fetch-site': 'same-origin' })
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'foreign-origin',
      detail: expect.stringMatching(/地址和服务设置的不一致.*联系客服/),
    })
    expect(told).toMatchObject([
      { level: 'warn', fields: { origin: 'https://bot.example.com', mend: { docs: 'docs/proxy.md' } } },
    ])
  })

  test('is told where the browser says nothing and the proxy has lost the host', async () => {
    const { answer, told } = await click('http://203.0.113.80', {})
    expect([answer.status, told.length]).toEqual([403, 1])
  })

  test.each<[string, { [name: string]: string }]>([
    ['says so itself', { 'sec-fetch-site': 'cross-site' }],
    ['reaches the right host', { host: 'bot.example.com' }],
  ])('is not told of a foreign page that %s', async (_how, headers) => {
    const { answer, told } = await click('https://evil.example', headers, { PUBLIC_URL: PUBLIC })
    expect([answer.status, told]).toEqual([403, []])
  })
})
