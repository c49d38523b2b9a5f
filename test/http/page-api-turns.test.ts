import { describe, expect, test } from '@jest/globals'
import { answerOf, expectMet, service, somebody, usePageService } from '../support/page-service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

describe.each(stacks)('turns by the API of the page on $name', (stack) => {
  usePageService(stack)

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
    expect((await call('GET', `/api/conversations/${id}`)).body).toMatchObject({
      id,
      title: '改了',
      turns: 0,
    })
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

  test('every route of this has been met, as its description says', () => {
    expectMet([
      'GET /api/turns/{id}',
      'GET /api/usage',
      'POST /api/turns/{id}/stop',
      'GET /api/conversations',
      'POST /api/conversations',
      'GET /api/conversations/{id}',
      'PATCH /api/conversations/{id}',
      'DELETE /api/conversations/{id}',
      'GET /api/conversations/{id}/turns',
      'POST /api/conversations/{id}/turns',
    ])
  })
})
