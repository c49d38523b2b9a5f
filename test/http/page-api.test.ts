import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import {
  createPageClient,
  type Description,
  logIn,
  type PageClient,
  readDescription,
} from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const SECRET = Buffer.alloc(32, 7)
const cardKeys = createCardKeys({ current: SECRET, previous: undefined })

describe.each(stacks)('the API of the page on $name', (stack) => {
  let service: Service
  let description: Description
  let count = 0

  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(stack.engine, {
      ...env,
      ...{ APP_SECRET: SECRET.toString('base64'), TRIAL_CALLS: '10', WECHAT_ACCOUNT: 'service' },
    })
    description = await readDescription(service.url)
  }, 60_000)
  afterAll(() => service.close())

  /** Each from an address of their own, as the limits count by address. */
  const stranger = (): PageClient => {
    count += 1
    const client = createPageClient(service.url, description)
    const from = { 'x-forwarded-for': `203.0.113.${count}` }
    return {
      ...client,
      call: (method, path, body, more) => client.call(method, path, body, { ...from, ...more }),
    }
  }
  const somebody = async (openid = openidOf(`${stack.engine} page ${count}`)) => {
    const client = stranger()
    await logIn(client, service.weixin, openid)
    const { body: me } = await client.call('GET', '/api/me')
    const ask = async (text: string, more: object = {}, headers = {}) =>
      client.call('POST', `/api/conversations/${me.conversationId}/turns`, { text, ...more }, headers)
    return { client, openid, me, ask, call: client.call }
  }
  const card = (more: object = {}) => {
    count += 1
    return cardKeys.seal({ batch: 9, serial: count, calls: 50, days: 30, redeemBy: undefined, ...more })
  }
  const answerOf = (events: { type: string; data: { text?: string } }[]) =>
    events.flatMap(({ type, data }) => (type === 'delta' ? [data.text ?? ''] : [])).join('')

  test('everything but the way in is 401 to a stranger, and nothing is done', async () => {
    const { call } = stranger()
    for (const [method, path] of [
      ['GET', '/api/me'],
      ['GET', '/api/sessions'],
      ['GET', '/api/conversations'],
      ['GET', '/api/export'],
      ['POST', '/api/cards/redeem'],
      ['DELETE', '/api/me'],
      ['POST', '/api/logout'],
    ] as const) {
      const { status, body } = await call(method, path)
      expect({ path, status, code: body.code }).toEqual({ path, status: 401, code: 'login-required' })
    }
  })

  test('a scan is told to the browser that asked, and the code logs that browser in', async () => {
    const { client, call, me } = await somebody()
    expect(me).toMatchObject({ quota: { remaining: 10 }, ownKey: null, model: 'scripted', following: true })
    const { body: sessions } = await call('GET', '/api/sessions')
    expect(sessions).toMatchObject([{ current: true }])
    const cookie = client.cookies.get('yingda_session')
    expect(cookie).toMatch(/^[\w-]{43}$/)
    expect((await call('POST', '/api/logout')).status).toBe(204)
    client.cookies.set('yingda_session', cookie ?? '')
    expect((await call('GET', '/api/me')).status).toBe(401)
  })

  test('the session cookie is for the browser alone, and for this site alone', async () => {
    const client = stranger()
    const { headers } = await client.call('POST', '/api/login/tickets')
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^yingda_browser=[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
  })

  test('a wrong code is refused; after five the browser has to wait, and is told how long', async () => {
    const { call } = stranger()
    await call('POST', '/api/login/tickets')
    for (let tries = 0; tries < 5; tries += 1)
      expect((await call('POST', '/api/login', { code: '000000' })).body.code).toBe('wrong-code')
    const { status, body, headers } = await call('POST', '/api/login', { code: '000000' })
    expect([status, body.code]).toEqual([429, 'too-many-tries'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3000)
  })

  test("another browser's ticket is nobody's", async () => {
    const { body: ticket } = await stranger().call('POST', '/api/login/tickets')
    const other = stranger()
    await other.call('POST', '/api/login/tickets')
    expect((await other.call('GET', `/api/login/tickets/${ticket.ticket}/events`)).status).toBe(404)
  })

  test('a question is answered as it comes, charged once, and stands in the history', async () => {
    const { client, call, ask, me } = await somebody()
    const { status, body } = await ask('你好')
    expect(status).toBe(201)
    const events = await client.events(`/api/turns/${body.turnId}/events`)
    expect(events.map(({ type }) => type).filter((type) => type !== 'delta')).toEqual(['start', 'finish'])
    expect(events.at(-1)?.data).toMatchObject({ charged: 1, ending: 'whole' })
    const { body: turns } = await call('GET', `/api/conversations/${me.conversationId}/turns`)
    expect(turns).toMatchObject([
      { id: body.turnId, question: '你好', answer: answerOf(events), via: 'page', charged: 1 },
    ])
    expect((await call('GET', '/api/me')).body.quota.remaining).toBe(9)
    const { body: usage } = await call('GET', '/api/usage?days=7')
    expect(usage).toHaveLength(7)
    expect(usage.at(-1)).toMatchObject({ calls: 1, questions: 1 })
  })

  test('whoever comes back in the middle goes on from there, without loss or repeat', async () => {
    const { client, ask } = await somebody()
    const { body } = await ask('长 3000 逐字 5')
    const path = `/api/turns/${body.turnId}/events`
    const first = await client.events(path, { enough: (all) => all.length > 5 })
    const lastId = first.at(-1)?.id ?? ''
    const rest = await client.events(path, { lastId })
    expect(rest.map(({ type }) => type)).not.toContain('start')
    const whole = answerOf(await client.events(path))
    expect(answerOf(first) + answerOf(rest)).toBe(whole)
    expect(whole).toHaveLength(3000)
    // Everything was read: nothing is told again.
    expect(await client.events(path, { lastId: rest.at(-1)?.id ?? '' })).toEqual([])
  })

  test('a stopped answer keeps what was said', async () => {
    const { client, call, ask } = await somebody()
    const { body } = await ask('长 20000 逐字 20')
    const path = `/api/turns/${body.turnId}`
    await client.events(`${path}/events`, { enough: (all) => answerOf(all).length > 20 })
    expect((await call('POST', `${path}/stop`)).body).toEqual({ stopped: true })
    const events = await client.events(`${path}/events`)
    expect(events.at(-1)).toMatchObject({ type: 'finish', data: { ending: 'stopped' } })
    const { body: turn } = await call('GET', path)
    expect(turn.answer.length).toBeGreaterThan(20)
    expect(turn.answer.length).toBeLessThan(20_000)
    expect((await call('POST', `${path}/stop`)).body).toEqual({ stopped: false })
  })

  test('a failing model is told as such, costs nothing, and says what to do', async () => {
    const { client, ask, call } = await somebody()
    const { body } = await ask('失败 400')
    const events = await client.events(`/api/turns/${body.turnId}/events`)
    expect(events.at(-1)).toMatchObject({ type: 'error', data: { code: 'model-failed' } })
    expect(events.at(-1)?.data.message).toMatch(/重答.*代码 [0-9A-Z]{8}/)
    expect((await call('GET', '/api/me')).body.quota.remaining).toBe(10)
  })

  test('the same Idempotency-Key is the same question', async () => {
    const { ask, call, me } = await somebody()
    const key = { 'idempotency-key': 'first' }
    const [one, two] = await Promise.all([ask('一次', {}, key), ask('一次', {}, key)])
    expect(one.body.turnId).toBe(two.body.turnId)
    expect((await ask('一次', {}, key)).body.turnId).toBe(one.body.turnId)
    const { body: other } = await call('POST', '/api/conversations', {})
    const reused = await call('POST', `/api/conversations/${other.id}/turns`, { text: '一次' }, key)
    expect([reused.status, reused.body.code]).toEqual([409, 'idempotency-key-reused'])
    // Another user's key may be the same.
    const stranger = await somebody()
    expect((await stranger.ask('一次', {}, key)).body.turnId).not.toBe(one.body.turnId)
    expect((await ask('x', {}, { 'idempotency-key': 'no spaces' })).status).toBe(422)
    await until(async () => (await call('GET', '/api/me')).body.quota.remaining === 9)
    expect((await call('GET', `/api/conversations/${me.conversationId}/turns`)).body).toHaveLength(1)
  })

  test('WeChat and the page share one conversation, either way round', async () => {
    const { client, ask, openid, call } = await somebody()
    await client.events(`/api/turns/${(await ask('在网页上问的')).body.turnId}/events`)
    const { platform } = service.weixin
    await platform.send(openid, '历史')
    const said = () => platform.phone(openid).messages.filter(({ from }) => from === 'account')
    await until(() => said().some(({ text }) => text.includes('在网页上问的')))
    const history = await ask('历史')
    expect(answerOf(await client.events(`/api/turns/${history.body.turnId}/events`))).toContain('历史')
    // Another conversation can be gone on with in WeChat.
    const { body: made } = await call('POST', '/api/conversations', { title: '  另一个 ' })
    expect(made).toMatchObject({ title: '另一个', inWechat: false })
    const { body: moved } = await call('PATCH', `/api/conversations/${made.id}`, { inWechat: true })
    expect(moved).toMatchObject({ inWechat: true })
    await platform.send(openid, '到这里来')
    await until(async () => {
      const { body } = await call('GET', `/api/conversations/${made.id}/turns`)
      return body.some((turn: { question: string; via: string }) => turn.via === 'wechat')
    })
  })

  test('conversations are listed page by page, named and deleted', async () => {
    const { call } = await somebody()
    for (const title of ['甲', '乙', '丙']) await call('POST', '/api/conversations', { title })
    const titles: (string | null)[] = []
    let next: string | undefined = '/api/conversations?limit=2'
    while (next !== undefined) {
      const { body, headers }: { body: { title: string | null }[]; headers: Headers } = await call(
        'GET',
        next,
      )
      titles.push(...body.map(({ title }) => title))
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(titles.toSorted()).toEqual(['丙', '乙', '甲', null].toSorted())
    const { body } = await call('GET', '/api/conversations')
    const id = body.find(({ title }: { title: string }) => title === '甲').id
    expect((await call('PATCH', `/api/conversations/${id}`, { title: '改了' })).body.title).toBe('改了')
    expect((await call('DELETE', `/api/conversations/${id}`)).status).toBe(204)
    expect((await call('GET', `/api/conversations/${id}`)).status).toBe(404)
    expect((await call('GET', '/api/conversations?after=nonsense')).status).toBe(422)
  })

  test("what is another user's is not found", async () => {
    const mine = await somebody()
    const { body } = await mine.ask('我的')
    const other = await somebody()
    const { conversationId } = mine.me
    for (const [method, path, sent] of [
      ['GET', `/api/turns/${body.turnId}`],
      ['GET', `/api/turns/${body.turnId}/events`],
      ['POST', `/api/turns/${body.turnId}/stop`],
      ['GET', `/api/conversations/${conversationId}`],
      ['GET', `/api/conversations/${conversationId}/turns`],
      ['PATCH', `/api/conversations/${conversationId}`, { title: 'x' }],
      ['PATCH', `/api/conversations/${conversationId}`, { inWechat: true }],
      ['DELETE', `/api/conversations/${conversationId}`],
      ['POST', `/api/conversations/${conversationId}/turns`, { text: 'x' }],
    ] as const)
      expect([method, path, (await other.call(method, path, sent)).status]).toEqual([method, path, 404])
  })

  test('a card is redeemed once; used, forged, incomplete and late ones are told apart where it helps', async () => {
    const { call } = await somebody()
    const redeem = (key: string) => call('POST', '/api/cards/redeem', { key })
    const key = card()
    const good = await redeem(` ${key.toLowerCase().replaceAll('-', ' ')} `)
    expect(good).toMatchObject({ status: 200, body: { calls: 50, quota: { remaining: 60 } } })
    expect((await redeem(key)).body).toMatchObject({ status: 409, code: 'card-already-yours' })
    const other = await somebody()
    const theirs = await other.call('POST', '/api/cards/redeem', { key })
    const forged = await redeem(card().replace(/.$/, (last) => (last === '0' ? '1' : '0')))
    expect([theirs.body.code, forged.body.code]).toEqual(['card-refused', 'card-refused'])
    const wording = (text: string) => text.replace(/代码 \w+/, '')
    expect(wording(theirs.body.detail)).toBe(wording(forged.body.detail))
    expect(forged.body.refusalCode).toMatch(/^[0-9A-Z]{8}$/)
    expect((await redeem('ABC')).body).toMatchObject({ code: 'card-malformed', errors: [{ field: 'key' }] })
    expect((await redeem(card({ redeemBy: '2020-01-01' }))).body.detail).toContain('2020-01-01')
  })

  test('ten wrong cards are enough for an hour, by whichever user of one address', async () => {
    const [one, two] = [await somebody(), await somebody()]
    const from = { 'x-forwarded-for': '198.51.100.77' }
    const wrong = (who: PageClient) => who.call('POST', '/api/cards/redeem', { key: 'ABC' }, from)
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await wrong(one.client)).status).toBe(422)
      expect((await wrong(two.client)).status).toBe(422)
    }
    const refused = await one.call('POST', '/api/cards/redeem', { key: card() }, from)
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-tries'])
    expect((await one.call('POST', '/api/cards/redeem', { key: card() })).status).toBe(200)
  })

  test('an own key is tried, kept and forgotten; a bad one is not kept', async () => {
    const { call } = await somebody()
    const bind = (key: string, channel = 'default') => call('PUT', '/api/own-key', { channel, key })
    expect((await bind('sk-bad-0123456789abcdef')).body).toMatchObject({
      status: 422,
      code: 'own-key-refused',
    })
    expect((await bind('sk-good-0123456789abcdef', 'nope')).body.code).toBe('unknown-channel')
    expect((await bind('a b')).body.code).toBe('own-key-malformed')
    expect((await call('GET', '/api/me')).body.ownKey).toBeNull()
    const bound = await bind('sk-good-0123456789abcdef')
    expect(bound).toMatchObject({ status: 200, body: { channel: 'default', tail: 'cdef' } })
    expect((await call('GET', '/api/models')).body).toEqual([
      { id: 'scripted', channels: ['default'], price: 0 },
    ])
    expect((await call('DELETE', '/api/own-key')).status).toBe(204)
    expect((await call('GET', '/api/me')).body.ownKey).toBeNull()
  })

  test('with no calls left a question is 402, and the code leads the operator to why', async () => {
    const { ask, client } = await somebody()
    for (let calls = 0; calls < 10; calls += 1)
      await client.events(`/api/turns/${(await ask(`${calls}`)).body.turnId}/events`)
    const { status, body } = await ask('还有吗')
    expect([status, body.code]).toEqual([402, 'no-calls'])
    expect(body.refusalCode).toMatch(/^[0-9A-Z]{8}$/)
    expect(body.detail).toContain(body.refusalCode)
  })

  test('a model that is not on offer is 422 and names the field', async () => {
    const { ask, call } = await somebody()
    for (const answered of [
      await ask('x', { model: 'gpt-99' }),
      await call('PATCH', '/api/me', { model: 'gpt-99' }),
    ])
      expect(answered.body).toMatchObject({
        status: 422,
        code: 'model-unavailable',
        errors: [{ field: 'model' }],
      })
    expect((await call('PATCH', '/api/me', { model: 'scripted' })).body.model).toBe('scripted')
    expect((await call('PATCH', '/api/me', { model: null })).status).toBe(200)
  })

  test('a foreign page changes nothing, nor one that does not say where it is from', async () => {
    const { call, client } = await somebody()
    for (const origin of [
      'https://evil.example',
      'null',
      `${service.url}.evil.example`,
      'http://localhost:1',
    ]) {
      const { status, body } = await call('POST', '/api/conversations', {}, { origin })
      expect([origin, status, body.code]).toEqual([origin, 403, 'foreign-origin'])
    }
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const silent = await fetch(`${service.url}/api/me`, { method: 'DELETE', headers: { cookie } })
    expect(silent.status).toBe(403)
    expect((await call('GET', '/api/conversations')).body).toHaveLength(1)
  })

  test('hostile input is refused with the field that is wrong', async () => {
    const { call, me, ask } = await somebody()
    const turns = `/api/conversations/${me.conversationId}/turns`
    expect((await call('POST', turns, '{"text":')).body).toMatchObject({
      status: 400,
      code: 'malformed-body',
    })
    expect((await call('POST', turns, '[]')).status).toBe(422)
    expect((await ask('字'.repeat(20_001))).body).toMatchObject({ status: 422, errors: [{ field: 'text' }] })
    expect((await ask('字'.repeat(60_000))).body).toMatchObject({ status: 413, code: 'too-large' })
    expect((await ask('   ')).body).toMatchObject({ status: 422, errors: [{ field: 'text' }] })
    expect((await call('POST', turns, { text: 1 })).body.errors).toMatchObject([{ field: 'text' }])
    expect((await call('POST', turns, { text: 'x', admin: true })).body.errors).toMatchObject([
      { field: 'admin' },
    ])
    expect((await call('POST', turns, '"x"', { 'content-type': 'text/plain' })).body).toMatchObject({
      ...{ status: 415, code: 'not-json' },
    })
    expect((await call('GET', `${turns}?limit=1000000`)).body.errors).toMatchObject([{ field: 'limit' }])
    expect((await call('GET', `/api/turns/${encodeURIComponent("' or 1=1 --")}`)).status).toBe(404)
    expect((await call('GET', '/api/nothing')).body).toMatchObject({ status: 404, code: 'not-found' })
    expect((await call('POST', '/api/login', { code: '９'.repeat(40) })).status).toBe(401)
  })

  test('a session that is ended in another browser is over, and so are all of a user who is erased', async () => {
    const here = await somebody()
    const there = await somebody(here.openid)
    const { body } = await here.call('GET', '/api/sessions')
    expect(body).toHaveLength(2)
    const other = body.find(({ current }: { current: boolean }) => !current)
    expect((await here.call('DELETE', `/api/sessions/${other.id}`)).status).toBe(204)
    expect((await there.call('GET', '/api/me')).status).toBe(401)
    expect((await here.call('DELETE', `/api/sessions/${other.id}`)).status).toBe(404)
    const again = await somebody(here.openid)
    expect((await here.call('DELETE', '/api/me')).status).toBe(204)
    expect((await again.call('GET', '/api/me')).status).toBe(401)
    // No second trial for whoever comes back.
    expect((await somebody(here.openid)).me.quota.remaining).toBe(0)
  })

  test('logging out everywhere ends every session', async () => {
    const here = await somebody()
    const there = await somebody(here.openid)
    expect((await here.call('DELETE', '/api/sessions')).status).toBe(204)
    expect((await there.call('GET', '/api/me')).status).toBe(401)
    expect((await here.call('GET', '/api/me')).status).toBe(401)
  })

  test('the export holds everything of the user, and no key', async () => {
    const { call, ask, client, openid } = await somebody()
    await call('PUT', '/api/own-key', { channel: 'default', key: 'sk-good-0123456789secret' })
    await client.events(`/api/turns/${(await ask('导出我')).body.turnId}/events`)
    const exported = await call('GET', '/api/export')
    expect(exported.headers.get('content-disposition')).toContain('attachment')
    const { body, text } = exported
    expect(body).toMatchObject({
      ...{ openid, ownKey: { tail: 'cret' } },
      conversations: [{ turns: [{ question: '导出我' }] }],
    })
    expect(text).not.toContain('0123456789secret')
  })

  test('a stream says what proxies must not do, and goes on when nothing happens', async () => {
    const { client, ask } = await somebody()
    const { body } = await ask('永不')
    const response = await fetch(`${service.url}/api/turns/${body.turnId}/events`, {
      headers: { cookie: `yingda_session=${client.cookies.get('yingda_session')}` },
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('cache-control')).toContain('no-transform')
    await response.body?.cancel()
    await client.call('POST', `/api/turns/${body.turnId}/stop`)
  })

  test('every route has been met, as its description says', () => {
    const wrong = {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: { id: 1 },
    }
    expect(() => description.check('GET', '/api/me', wrong)).toThrow('id')
    const met = new Set([...description.seen].map((each) => each.replace(/ \d+$/, '')))
    for (const each of [
      ...['GET /api/me', 'PATCH /api/me', 'DELETE /api/me', 'GET /api/models', 'GET /api/usage'],
      ...['POST /api/cards/redeem', 'PUT /api/own-key', 'DELETE /api/own-key', 'GET /api/export'],
      ...['POST /api/login/tickets', 'POST /api/login', 'POST /api/logout', 'GET /api/sessions'],
      ...['DELETE /api/sessions', 'DELETE /api/sessions/{id}', 'GET /api/turns/{id}'],
      ...['POST /api/turns/{id}/stop', 'GET /api/conversations', 'POST /api/conversations'],
      ...['GET /api/conversations/{id}', 'PATCH /api/conversations/{id}', 'DELETE /api/conversations/{id}'],
      ...['GET /api/conversations/{id}/turns', 'POST /api/conversations/{id}/turns'],
    ])
      expect(met).toContain(each)
  })
})
