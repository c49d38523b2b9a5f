import { describe, expect, test } from '@jest/globals'
import {
  description,
  expectMet,
  service,
  somebody,
  stranger,
  usePageService,
} from '../support/page-service.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('who may use the API of the page on $name', (stack) => {
  usePageService(stack)

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

  test('an answer that is not as described is noticed', () => {
    const wrong = {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: { id: 1 },
    }
    expect(() => description.check('GET', '/api/me', wrong)).toThrow('id')
  })

  test('every route of this has been met, as its description says', () => {
    expectMet([
      'GET /api/me',
      'DELETE /api/me',
      'POST /api/login/tickets',
      'POST /api/login',
      'POST /api/logout',
      'GET /api/sessions',
      'DELETE /api/sessions',
      'DELETE /api/sessions/{id}',
    ])
  })
})
