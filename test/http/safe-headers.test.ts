import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listen } from '../../src/http/server.ts'
import { type RawAnswer, rawRequest } from '../support/raw-request.ts'
import { type Service, startService } from '../support/service.ts'

const expectSafe = ({ status, headers }: RawAnswer, what: string, secure = true) => {
  const policy = headers['content-security-policy'] ?? ''
  const said = {
    what,
    status,
    nosniff: headers['x-content-type-options'],
    frames: headers['x-frame-options'],
    referrer: headers['referrer-policy'],
    hsts: /^max-age=31536000\b/.test(headers['strict-transport-security'] ?? ''),
    policy: ["default-src 'none'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"].filter(
      (each) => !policy.split(/; ?/).includes(each),
    ),
    by: headers['x-powered-by'] ?? headers.server,
  }
  expect(said).toEqual({
    what,
    status,
    nosniff: 'nosniff',
    frames: 'DENY',
    referrer: 'no-referrer',
    hsts: secure,
    policy: [],
    by: undefined,
  })
}

describe.each([
  ['https://bot.example.com', true],
  ['http://bot.example.com', false],
])('under %s', (PUBLIC_URL, secure) => {
  let service: Service
  beforeAll(async () => {
    service = await startService('sqlite', { PUBLIC_URL })
  })
  afterAll(() => service.close())

  test('every address answers with safe headers, whatever it answers', async () => {
    const { paths } = await (await fetch(`${service.url}/api/openapi.json`)).json()
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(Object(methods)).map(
        (method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'x')}`,
      ),
    )
    expect(described.length).toBeGreaterThan(20)
    const others = [
      ...['/', '/login', '/account', '/c/cnv_x', '/favicon.svg', '/assets/none.js', '/index.html'],
      ...[
        '/healthz',
        '/readyz',
        '/metrics',
        'POST /metrics',
        '/a/unknown',
        '/a/%ff',
        '/%ff',
        '/nothing/here',
      ],
      ...[
        '/api/none',
        'PATCH /api/none',
        '/wechat/callback',
        'POST /wechat/callback',
        'DELETE /wechat/callback',
      ],
      ...['HEAD /', 'OPTIONS /api/me', '/sandbox', '/.vite/manifest.json', '/assets/%2e%2e/x', '/api/me/%zz'],
    ]
    const seen = new Set<number>()
    for (const each of [...described, ...others]) {
      const answer = await rawRequest(service.url, each)
      seen.add(answer.status)
      expectSafe(answer, each, secure)
    }
    for (const status of [200, 401, 403, 404]) expect(seen).toContain(status)
  })

  test('so does what was too large, what was malformed, and what comes through a proxy', async () => {
    const post = { 'content-type': 'application/json', origin: PUBLIC_URL, 'content-length': '0' }
    expectSafe(
      await rawRequest(service.url, 'POST /api/login', { ...post, origin: 'https://evil.example' }),
      '403',
      secure,
    )
    expectSafe(await rawRequest(service.url, 'POST /api/login', post), '422', secure)
    const large = await fetch(service.callbackUrl, { method: 'POST', body: 'x'.repeat(70_000) })
    expect(large.status).toBe(413)
    expectSafe({ status: 413, headers: Object.fromEntries(large.headers), body: '' }, '413', secure)
    expectSafe(await rawRequest(service.url, '/metrics', { via: '1.1 x' }), 'metrics by a proxy', secure)
  })
})

test('an answer before there is anything to serve has them too', async () => {
  const listening = await listen(0, '127.0.0.1')
  const answer = await rawRequest(listening.url, '/')
  expect(answer.status).toBe(503)
  expectSafe(answer, 'not ready yet', false)
  await listening.close()
})
