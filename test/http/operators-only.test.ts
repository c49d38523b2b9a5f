import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { rawRequest } from '../support/raw-request.ts'
import { type Service, startService } from '../support/service.ts'

const TOKEN = 'a-token-of-the-operator'
const ask = async (service: Service, path: string, headers = {}, version = '1.1') => {
  const { status, headers: answered, body } = await rawRequest(service.url, path, headers, version)
  const isJson = /json/.test(answered['content-type'] ?? '')
  return { status, headers: answered, body, json: isJson ? JSON.parse(body) : undefined }
}

describe('without a token', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('sqlite', { METRICS_PORT: '0' })
  })
  afterAll(() => service.close())

  test('whoever sits at this machine sees how the service is doing', async () => {
    expect((await ask(service, '/metrics')).body).toContain('yingda_turns_total')
    expect((await ask(service, '/readyz')).json).toEqual({
      status: 'ok',
      checks: [{ name: 'database', ok: true }],
    })
  })

  test.each<[string, { [name: string]: string }, string]>([
    ['a proxy that says so', { 'x-forwarded-for': '203.0.113.9' }, '1.1'],
    ['a tunnel', { 'cf-connecting-ip': '203.0.113.9' }, '1.1'],
    ['another host', { host: 'bot.example.com' }, '1.1'],
    ['nginx without a word more than proxy_pass', {}, '1.0'],
  ])('through %s it is whether it is ready, and no more', async (_by, headers, version) => {
    const metrics = await ask(service, '/metrics', headers, version)
    expect(metrics).toMatchObject({ status: 403, json: { code: 'operators-only' } })
    expect(metrics.body).not.toContain('yingda_turns_total')
    expect(await ask(service, '/readyz', headers, version)).toMatchObject({
      status: 200,
      body: '{"status":"ok"}',
    })
    expect(await ask(service, '/healthz', headers, version)).toMatchObject({ status: 200 })
  })

  test('on a port of its own it is for whoever reaches that, and nothing else is there', async () => {
    const line = service.lines.find(({ message }) => message === 'health and metrics are served')
    const url = String(Object(line?.fields).url)
    const through = { 'x-forwarded-for': '203.0.113.9' }
    expect((await rawRequest(url, '/metrics', through)).body).toContain('yingda_turns_total')
    expect(JSON.parse((await rawRequest(url, '/readyz', through)).body).checks).toHaveLength(1)
    for (const path of ['/', '/api/site', '/wechat/callback'])
      expect((await rawRequest(url, path, through)).status).toBe(404)
  })
})

describe('with METRICS_TOKEN', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('sqlite', { METRICS_TOKEN: TOKEN })
  })
  afterAll(() => service.close())

  test('it is shown for the token, wherever it is asked from', async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`])
      for (const from of [{}, { 'x-forwarded-for': '203.0.113.9', host: 'bot.example.com' }]) {
        expect((await ask(service, '/metrics', { authorization, ...from })).status).toBe(200)
        expect((await ask(service, '/readyz', { authorization, ...from })).json.checks).toHaveLength(1)
      }
  })

  test.each([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: TOKEN },
    { authorization: `Basic ${TOKEN}` },
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Bearer ${TOKEN} ${TOKEN}` },
    { authorization: 'Bearer ' },
    { 'x-forwarded-for': '127.0.0.1' },
  ])('and for nothing else, on this machine either: %j', async (headers) => {
    expect(await ask(service, '/metrics', headers)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      json: { code: 'token-required' },
    })
    expect(await ask(service, '/readyz', headers)).toMatchObject({ status: 200, body: '{"status":"ok"}' })
  })

  test('the token is nowhere in the log', () => {
    expect(JSON.stringify(service.lines)).not.toContain(TOKEN)
  })
})
