import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import express from 'express'
import { openidOf } from '../../src/sandbox/followers.ts'
import { sandboxRoutes } from '../../src/sandbox/routes.ts'
import { until } from '../support/until.ts'
import { elementOf, sealedReply, textReply } from './callback-server.ts'
import { readEvents } from './read-events.ts'
import {
  account,
  get,
  OPENID,
  post,
  reopenImpatient,
  sandbox,
  server,
  useSandbox,
} from './running-sandbox.ts'

useSandbox()

/** fetch sets its own Host, so a foreign one needs a plain request. */
const statusWithHost = (host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${sandbox.url}/settings`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject).end()
  })

describe('acts of a user', () => {
  test('send tells what happened and what the phone shows', async () => {
    server.answer(() => textReply(account, OPENID, '在'))
    const { status, json } = await post('/send', { from: '小明', text: '在吗' })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      ...{ openid: OPENID, following: true, attempts: 1, replied: true, notice: false },
      messages: [
        { from: 'user', text: '在吗' },
        { from: 'account', text: '在', via: 'reply' },
      ],
    })
    expect(await get(`/phone/${encodeURIComponent('小明')}`)).toMatchObject({
      openid: OPENID,
      messages: [{}, {}],
    })
    // Whoever is met follows already.
    expect(await get('/phone/nobody')).toMatchObject({ following: true, messages: [] })
  })

  test('a name has a stable OpenID and an OpenID stays itself', () => {
    expect(OPENID).toMatch(/^o[\w-]{27}$/)
    expect(openidOf('小明')).toBe(OPENID)
    expect(openidOf(OPENID)).toBe(OPENID)
    expect(openidOf('小红')).not.toBe(OPENID)
  })

  test('a real connection is cut on time, and the message sent again', async () => {
    await reopenImpatient()
    server.answer((_, n) => (n < 3 ? () => {} : textReply(account, OPENID, '第三次')))
    const { json } = await post('/send', { from: OPENID, text: '在吗' })
    expect(json).toMatchObject({
      attempts: 3,
      replied: true,
      tries: [{ outcome: 'cut' }, { outcome: 'cut' }, {}],
    })
    await until(() => server.cuts() === 2)
    expect(new Set(server.pushes.map(({ body }) => elementOf(body, 'MsgId'))).size).toBe(1)
  })

  test('follow, unfollow, scan and menu reach the callback', async () => {
    await post('/follow', { from: '小明', scene: 'poster' })
    await post('/menu', { from: '小明', key: 'HELP' })
    await post('/unfollow', { from: '小明' })
    expect((await post('/scan', { from: '小明', ticket: 'x' })).json).toMatchObject({
      refused: 'unknown-ticket',
    })
    expect(server.pushes.map(({ body }) => elementOf(body, 'Event'))).toEqual([
      'subscribe',
      'CLICK',
      'unsubscribe',
    ])
  })
})

test('what a phone shows besides bubbles: its owner’s acts, and that something is under way', async () => {
  let answered = () => {}
  server.answer(() => (response) => {
    answered = () => response.end('success')
  })
  const act = await post('/menu?wait=no', { from: '小明', key: 'HELP' })
  expect(act.json).toMatchObject({ waiting: true, acts: [{ act: 'menu', key: 'HELP' }] })
  await until(() => server.pushes.length === 1)
  answered()
  await until(async () => !Object(await get(`/phone/${OPENID}`)).waiting)
  server.answer(() => 'success')
  await post('/unfollow', { from: '小明' })
  await post('/follow', { from: '小明' })
  const { acts } = Object(await get(`/phone/${OPENID}`))
  expect(acts.map(({ act }: { act: string }) => act)).toEqual(['menu', 'unfollow', 'follow'])
})

test('an act that nobody waits for still tells its refusal', async () => {
  const { status, json } = await post('/scan?wait=no', { from: '小明', ticket: 'x' })
  expect({ status, json }).toMatchObject({ status: 200, json: { refused: 'unknown-ticket' } })
})

describe('the wire log', () => {
  test('tells where a callback went, how it was answered and how long that took', async () => {
    await reopenImpatient()
    await post('/settings', { mode: 'secure' })
    server.answer((_, n) => (n === 1 ? () => {} : sealedReply(account, textReply(account, OPENID, '在'))))
    await post('/send', { from: OPENID, text: '在吗' })
    const { entries } = Object(await get('/wire'))
    expect(entries).toMatchObject([
      { direction: 'to-app', kind: 'message', subject: 'text', attempt: 1, cipher: expect.any(String) },
      { direction: 'from-app', attempt: 1, outcome: 'cut', failed: true, tookMs: expect.any(Number) },
      { direction: 'to-app', attempt: 2, url: expect.stringMatching(/msg_signature=[0-9a-f]{40}/) },
      { direction: 'from-app', attempt: 2, outcome: 'reply', status: 200, plain: expect.any(String) },
    ])
    expect(entries[3].failed).toBeUndefined()
    expect(entries[3].plain).toContain('在')
    const { entries: later } = Object(await get(`/wire?after=${entries[1].id}`))
    expect(later.map(({ id }: { id: number }) => id)).toEqual([entries[2].id, entries[3].id])
    expect(Object(await get('/wire?after=x')).entries).toHaveLength(4)
  })

  test('tells an API call’s error code', async () => {
    await post('/wechat/cgi-bin/message/custom/send?access_token=none', {})
    const { entries } = Object(await get('/wire'))
    expect(entries).toMatchObject([
      { direction: 'from-app', kind: 'api', subject: '/cgi-bin/message/custom/send' },
      { direction: 'to-app', kind: 'api', status: 200, outcome: '40014', failed: true },
    ])
  })
})

describe('the stream of events', () => {
  test('says everything first, then what is new on one phone and on the wire', async () => {
    server.answer(() => textReply(account, OPENID, '在'))
    await post('/send', { from: OPENID, text: '一' })
    const stream = await readEvents(`${sandbox.url}/events?from=${encodeURIComponent('小明')}`)
    await until(() => stream.events.length === 1)
    expect(stream.events[0]).toMatchObject({
      ...{ name: 'start', data: { phone: { openid: OPENID, messages: [{ text: '一' }, { text: '在' }] } } },
    })
    expect(stream.events[0]?.data.entries).toHaveLength(2)
    await post('/send', { from: '小红', text: '别人' })
    await post('/send', { from: OPENID, text: '二' })
    const named = (wanted: string) => stream.events.slice(1).filter(({ name }) => name === wanted)
    const texts = () =>
      named('phone').flatMap(({ data }) => data.messages.map(({ text }: { text: string }) => text))
    await until(() => named('wire').length === 4 && texts().length === 2)
    expect(texts()).toEqual(['二', '在'])
    expect(named('phone').some(({ data }) => data.waiting)).toBe(true)
    stream.stop()
  })

  test('ends when the sandbox closes, and asks for a name', async () => {
    const closing = new AbortController()
    const app = express().use(
      sandboxRoutes({ platform: sandbox.platform, model: sandbox.model, closing: closing.signal }),
    )
    const listening = app.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const { port } = listening.address() as AddressInfo
    const stream = await readEvents(`http://127.0.0.1:${port}/events?from=me`)
    await until(() => stream.events.length === 1)
    closing.abort()
    await stream.ended
    expect((await fetch(`http://127.0.0.1:${port}/events`)).status).toBe(400)
    listening.closeAllConnections()
    listening.close()
  })
})

describe('settings', () => {
  test('are shown without secrets and can be changed', async () => {
    const shown = Object(await get('/settings'))
    expect(shown).toMatchObject({ kind: 'service', mode: 'plain', account: { appId: account.appId } })
    expect(JSON.stringify(shown)).not.toContain(account.appSecret)
    expect(shown.phrases[0]).toMatchObject({ zh: '慢', en: 'slow' })
    await post('/settings', { kind: 'unverified', mode: 'secure' })
    expect(sandbox.platform.settings()).toMatchObject({ kind: 'unverified', mode: 'secure' })
    expect(await post('/settings', { mode: 'open' })).toMatchObject({
      status: 400,
      json: { code: 'invalid-input' },
    })
  })
})

describe('guards', () => {
  test.each<[number, string, unknown]>([
    [400, 'invalid-input', { from: '小明' }],
    [400, 'invalid-input', { from: '', text: 'x' }],
    [400, 'invalid-input', { from: '小明', text: 'x', more: 1 }],
    [400, 'invalid-body', '{'],
    [413, 'too-large', { from: '小明', text: 'x'.repeat(65 * 1024) }],
  ])('answer %i %s as problem JSON', async (status, code, body) => {
    const answer = await post('/send', body)
    expect(answer).toMatchObject({ status, json: { status, code } })
    expect(answer.json).toMatchObject({ title: expect.any(String), traceId: expect.stringMatching(/^trc_/) })
    expect(answer.type).toMatch(/^application\/problem\+json/)
    expect(server.pushes).toHaveLength(0)
  })

  test('refuse a page of another origin and let the own page through', async () => {
    const act = { from: '小明', text: 'x' }
    const { origin } = new URL(sandbox.url)
    for (const foreign of ['http://evil.example', 'null', origin.replace('127.0.0.1', 'localhost')]) {
      expect(await post('/send', act, { origin: foreign })).toMatchObject({
        status: 403,
        json: { code: 'foreign-origin' },
      })
    }
    expect(server.pushes).toHaveLength(0)
    expect((await post('/send', act, { origin })).status).toBe(200)
  })

  test('refuse a host that is not this machine', async () => {
    const answers = await Promise.all(
      ['evil.example', '127.0.0.1.evil.example', '10.0.0.1'].map(statusWithHost),
    )
    expect(answers).toEqual([403, 403, 403])
    const own = await Promise.all(
      ['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080'].map(statusWithHost),
    )
    expect(own).toEqual([200, 200, 200, 200])
  })

  test.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['X-Forwarded-For', 'unknown'],
    ['X-Forwarded-Host', 'bot.example.com'],
    ['x-forwarded-proto', 'https'],
    ['X-Forwarded-Whatever', ''],
    ['Forwarded', 'for=203.0.113.9'],
    ['Via', '1.1 nginx'],
    ['X-Real-IP', '203.0.113.9'],
    ['CF-Connecting-IP', '203.0.113.9'],
    ['CF-Ray', 'x'],
    ['CDN-Loop', 'cloudflare'],
    ['True-Client-IP', '203.0.113.9'],
    ['Ali-CDN-Real-IP', '203.0.113.9'],
    ['X-Original-Host', 'bot.example.com'],
  ])('refuse what came through a proxy, which says so by %s, wherever it leads', async (name, value) => {
    for (const path of ['/settings', '/wire', '/phone/me', '', '/assets/x.js', '/wechat/cgi-bin/token']) {
      const response = await fetch(`${sandbox.url}${path}`, { headers: { [name]: value } })
      expect(await response.json()).toMatchObject({ status: 403, code: 'through-proxy' })
    }
    expect((await post('/send', { from: '小明', text: 'x' }, { [name]: value })).status).toBe(403)
    expect(server.pushes).toHaveLength(0)
  })

  test('refuse HTTP/1.0, which nginx speaks to what is behind it, though it names this machine as host', async () => {
    const { host, hostname, port } = new URL(sandbox.url)
    const answerTo = async (version: string) => {
      const socket = connect(Number(port), hostname)
      socket.write(`GET /sandbox/wire HTTP/${version}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      return (await socket.toArray()).join('')
    }
    expect(await answerTo('1.0')).toContain('403 Forbidden')
    expect(await answerTo('1.1')).toContain('200 OK')
  })

  test('refuse another address than loopback, whatever the host', async () => {
    const app = express()
    app.use((req, _res, next) => {
      Object.defineProperty(req.socket, 'remoteAddress', { value: req.get('test-peer'), configurable: true })
      next()
    })
    app.use(sandboxRoutes({ platform: sandbox.platform, model: sandbox.model }))
    const listening = app.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const { port } = listening.address() as AddressInfo
    const from = async (peer: string) =>
      (await fetch(`http://127.0.0.1:${port}/settings`, { headers: { 'test-peer': peer } })).status
    for (const peer of ['203.0.113.9', '10.0.0.2', '172.17.0.1', '::ffff:192.168.0.7', 'fe80::1%eth0', ''])
      expect([peer, await from(peer)]).toEqual([peer, 403])
    for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect([peer, await from(peer)]).toEqual([peer, 200])
    listening.closeAllConnections()
    listening.close()
  })
})
