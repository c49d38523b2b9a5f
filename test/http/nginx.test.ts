import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { CADDY_LINES, NGINX_LINES } from '../../src/http/proxy-advice.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { startSandboxServer } from '../../src/sandbox/server.ts'
import { type Nginx, startNginx } from '../support/nginx.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Service, startService } from '../support/service.ts'

const PUBLIC = 'https://bot.example.com'
const docs = readFileSync(join(import.meta.dirname, '../../docs/proxy.md'), 'utf8')
const block = (language: string) => docs.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? ''

/** As documented, but for the ports of this test, and without a certificate. */
const documented = (target: string) => (port: number) =>
  (block('nginx').split('server {\n  listen 80;')[0] ?? '')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/ssl_certificate.*\n/g, '\n')
    .replace('http://127.0.0.1:8080', target)

/** What nginx does with nothing but the one line that everybody writes. */
const bare = (target: string) => (port: number) =>
  `server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; } }`

const faultsOf = (service: Service) => service.lines.flatMap(({ fields }) => Object(fields).fault ?? [])
const host = { host: 'bot.example.com' }
const postAs = async (url: string, init: RequestInit): Promise<Response> => {
  const { origin, pathname, search } = new URL(url)
  const headers = { ...host, 'content-type': 'text/xml' }
  const answer = await rawRequest(origin, `POST ${pathname}${search}`, headers, '1.1', String(init.body))
  return new Response(answer.body, { status: answer.status })
}

test('the log and the documents give the same lines', () => {
  for (const line of NGINX_LINES) expect(block('nginx')).toContain(`    ${line}\n`)
  expect(block('caddyfile')).toContain(CADDY_LINES[0]?.split('  #')[0])
})

describe('behind nginx as it is documented', () => {
  let service: Service
  let nginx: Nginx
  beforeAll(async () => {
    service = await startService(
      'sqlite',
      { PUBLIC_URL: PUBLIC, WECHAT_ACCOUNT: 'service', WECHAT_REPLY_BUDGET_MS: '4500' },
      // WeChat knows the public name.
      { fetch: postAs },
    )
    nginx = await startNginx(documented(service.url))
  })
  afterAll(async () => {
    await nginx.close()
    await service.close()
  })

  test('WeChat is answered, and nothing is found to be wrong', async () => {
    const { platform } = service.weixin
    platform.setCallbackUrl(`${nginx.url}/wechat/callback`)
    const me = openidOf('through nginx')
    expect((await platform.send(me, '你好')).replied).toBe(true)
    expect((await rawRequest(nginx.url, '/', host)).headers['strict-transport-security']).toContain('max-age')
    expect(faultsOf(service)).toEqual([])
    platform.setCallbackUrl(service.callbackUrl)
  })

  test('visitors count by their own address, whatever they claim to be', async () => {
    const statuses = new Set<number>()
    for (let tries = 0; tries < 25; tries += 1) {
      const claims = tries % 2 ? `garbage-${tries}` : `203.0.113.${tries}`
      const headers = {
        ...host,
        origin: PUBLIC,
        'content-type': 'application/json',
        'x-forwarded-for': claims,
      }
      const body = JSON.stringify({ code: '000000' })
      const answer = await fetch(`${nginx.url}/api/login`, { method: 'POST', headers, body })
      statuses.add(answer.status)
    }
    expect(statuses).toContain(429)
  })

  test('an answer is read while it is written', async () => {
    const client = createPageClient(service.url, { check() {}, seen: new Set() })
    await logIn(client, service.weixin, openidOf('reads along'))
    const { body: me } = await client.call('GET', '/api/me')
    const { body } = await client.call('POST', `/api/conversations/${me.conversationId}/turns`, {
      text: '慢 30',
    })
    const through = createPageClient(nginx.url, { check() {}, seen: new Set() })
    for (const [name, value] of client.cookies) through.cookies.set(name, value)
    const path = `/api/turns/${body.turnId}/events`
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const leave = new AbortController()
    const response = await fetch(nginx.url + path, { headers: { cookie }, signal: leave.signal })
    const first = await response.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toContain('retry:')
    leave.abort()
    await client.call('POST', path.replace('events', 'stop'))
  })

  test.each([
    '/metrics',
    '/readyz',
    '/sandbox',
    '/sandbox/wire',
    '/METRICS',
    '/metrics/',
    '/%6detrics',
    '//metrics',
  ])('%s is not there for the public', async (path) => {
    const answer = await rawRequest(nginx.url, path, host)
    expect([path, answer.status]).toEqual([path, 404])
    expect(answer.body).not.toContain('yingda_')
  })

  test('the size that is let through is above what the service takes', async () => {
    const post = (bytes: number) =>
      fetch(`${nginx.url}/api/login`, {
        method: 'POST',
        headers: { ...host, origin: PUBLIC, 'content-type': 'application/json' },
        body: JSON.stringify({ code: 'x'.repeat(bytes) }),
      })
    expect((await post(100_000)).headers.get('content-type')).toContain('problem+json')
    expect((await post(300_000)).status).toBe(413)
  })
})

describe('behind nginx with proxy_pass alone', () => {
  test('the operator is told what is missing', async () => {
    const service = await startService('sqlite', { PUBLIC_URL: PUBLIC })
    const nginx = await startNginx(bare(service.url))
    await rawRequest(nginx.url, '/', host)
    expect(faultsOf(service)).toEqual(expect.arrayContaining(['visitors-hidden', 'host-lost']))
    expect((await rawRequest(nginx.url, '/metrics', host)).status).toBe(403)
    await nginx.close()
    await service.close()
  })

  test('the sandbox answers nobody', async () => {
    const sandbox = await startSandboxServer()
    const nginx = await startNginx(bare(new URL(sandbox.url).origin))
    for (const path of ['/sandbox/wire', '/sandbox/settings', '/sandbox/phone/me'])
      expect((await rawRequest(nginx.url, path, host)).status).toBe(403)
    expect((await fetch(`${sandbox.url}/wire`)).status).toBe(200)
    await nginx.close()
    await sandbox.close()
  })
})
