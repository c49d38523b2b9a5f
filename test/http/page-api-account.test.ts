import { describe, expect, test } from '@jest/globals'
import type { PageClient } from '../support/page-client.ts'
import { card, expectMet, somebody, usePageService } from '../support/page-service.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('the account by the API of the page on $name', (stack) => {
  usePageService(stack)

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
    const refused = await wrong(one.client)
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-tries'])
    // A genuine card is no guess: whoever shares the address, as a whole mobile network may, can redeem theirs.
    expect((await one.call('POST', '/api/cards/redeem', { key: card() }, from)).status).toBe(200)
    for (let tries = 0; tries < 5; tries += 1) await one.call('POST', '/api/cards/redeem', { key: 'ABC' })
    expect((await one.call('POST', '/api/cards/redeem', { key: card() })).status).toBe(429)
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

  test('every route of this has been met, as its description says', () => {
    expectMet([
      'PATCH /api/me',
      'GET /api/models',
      'POST /api/cards/redeem',
      'PUT /api/own-key',
      'DELETE /api/own-key',
      'GET /api/export',
    ])
  })
})
