import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService('sqlite', { WECHAT_ALLOW_PLAIN: '1', WECHAT_ACCOUNT: 'service' })
})
afterAll(() => service.close())

const sha1 = (...parts: string[]) => createHash('sha1').update(parts.sort().join('')).digest('hex')
const signed = (extra: Record<string, string> = {}) => {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = sha1(service.weixin.platform.account.token, timestamp, 'n')
  return new URLSearchParams({ timestamp, nonce: 'n', signature, ...extra })
}
const post = (query: URLSearchParams | string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${service.callbackUrl}?${query}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers,
  })
const text = (content: string, msgId = '1') =>
  `<xml><ToUserName>gh</ToUserName><FromUserName>oBad</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId></xml>`

/** Refusals say nothing to whoever sent them. */
const expectQuiet = async (response: Response) => expect(await response.text()).toBe('')

describe('the callback', () => {
  test('answers the URL check with the echo, and with nothing else', async () => {
    const good = await fetch(`${service.callbackUrl}?${signed({ echostr: '<b>42</b>' })}`)
    expect(good.status).toBe(200)
    expect(await good.text()).toBe('<b>42</b>')
    expect(good.headers.get('content-type')).toMatch('text/plain')
    expect(good.headers.get('x-content-type-options')).toBe('nosniff')
    const bad = await fetch(`${service.callbackUrl}?${signed({ echostr: 'x', signature: 'wrong' })}`)
    expect(bad.status).toBe(403)
    await expectQuiet(bad)
  })

  test('answers a wrong signature with 403 and one log line without the body', async () => {
    const before = service.lines.length
    const response = await post(signed({ signature: 'wrong' }), text('a private word'))
    expect(response.status).toBe(403)
    await expectQuiet(response)
    const added = service.lines.slice(before)
    expect(added).toHaveLength(1)
    expect(JSON.stringify(added)).not.toContain('private')
  })

  test.each([
    ['no XML', 'hello'],
    ['nothing', ''],
    ['cut off XML', text('x').slice(0, 60)],
    ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${text('&e;')}`],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0xff, 0xfe, 0x00])],
    ['JSON without a sender', '{"ToUserName":"gh_1","MsgType":"text"}'],
    ['an OpenID longer than any', text('x').replace('oBad', 'o'.repeat(200))],
  ])('answers %s with 400', async (_name, body) => {
    const response = await post(signed(), body)
    expect(response.status).toBe(400)
    await expectQuiet(response)
  })

  test('answers a ciphertext that cannot be opened with 400, one that is not signed with 403', async () => {
    const cipher = Buffer.alloc(64, 1).toString('base64')
    const body = `<xml><ToUserName>gh</ToUserName><Encrypt>${cipher}</Encrypt></xml>`
    const query = signed({ encrypt_type: 'aes' })
    const { token } = service.weixin.platform.account
    query.set('msg_signature', sha1(token, query.get('timestamp') ?? '', 'n', cipher))
    expect((await post(query, body)).status).toBe(400)
    query.set('msg_signature', 'wrong')
    expect((await post(query, body)).status).toBe(403)
  })

  test('answers a body of more than 64 KiB with 413, one just below with an answer', async () => {
    expect((await post(signed(), text('x'.repeat(65_536)))).status).toBe(413)
    expect((await post(signed(), text('帮助'.padEnd(60_000, ' '), '99'))).status).toBe(200)
    expect((await post(signed(), text('x'), { 'content-encoding': 'gzip' })).status).toBe(415)
  })

  test('answers any content type', async () => {
    for (const type of ['text/xml', 'application/xml', 'application/json', 'text/plain; charset=gbk'])
      expect((await post(signed(), text('帮助'), { 'content-type': type })).status).toBe(200)
  })

  test('refuses a plain post that is more than ten minutes old', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000) - 660)
    const query = new URLSearchParams({
      timestamp,
      nonce: 'n',
      signature: sha1(service.weixin.platform.account.token, timestamp, 'n'),
    })
    expect((await post(query, text('帮助'))).status).toBe(403)
  })

  test('takes a repeated plain post for the retry it may be', async () => {
    const calls = service.weixin.model.calls().length
    const query = signed()
    const bare = text('一次')
      .replace(/<MsgId>.*<\/MsgId>/, '')
      .replace(/<CreateTime>.*<\/CreateTime>/, '')
    const first = await (await post(query, bare)).text()
    const second = await (await post(query, bare)).text()
    expect(first).toContain('一次')
    expect(second.replace(/<CreateTime>\d+/, '')).toBe(first.replace(/<CreateTime>\d+/, ''))
    expect(service.weixin.model.calls().length).toBe(calls + 1)
  })

  test('survives repeated parameters, huge ones and other methods', async () => {
    expect((await post('signature=a&signature=b&timestamp=1&nonce=2&nonce=3', text('x'))).status).toBe(403)
    expect((await post(`signature=${'x'.repeat(8000)}&timestamp[]=1&nonce=2`, text('x'))).status).toBe(403)
    expect((await fetch(service.callbackUrl, { method: 'DELETE' })).status).toBe(404)
  })

  test('survives a connection that breaks in the middle of a body', async () => {
    const { hostname, port } = new URL(service.url)
    const socket = connect(Number(port), hostname)
    socket.write(`POST /wechat/callback?${signed()} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n<xml>`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    const me = openidOf('after the break')
    await service.weixin.platform.send(me, '帮助')
    expect(service.weixin.platform.phone(me).messages).toHaveLength(2)
  })
})

describe('the other addresses', () => {
  test('say that the service lives and is ready', async () => {
    expect(await (await fetch(`${service.url}/healthz`)).json()).toMatchObject({ status: 'ok', commit: null })
    const ready = await fetch(`${service.url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ status: 'ok', checks: [{ name: 'database', ok: true }] })
  })

  test('that do not exist are a problem document without a stack', async () => {
    const response = await fetch(`${service.url}/nothing/here`)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch('application/problem+json')
    expect(await response.json()).toMatchObject({
      status: 404,
      code: 'not-found',
      traceId: expect.stringMatching(/^trc_/),
    })
    expect((await fetch(`${service.url}/%ff`)).status).toBeLessThan(500)
  })

  test('of the sandbox are not there outside the sandbox', async () => {
    expect((await fetch(`${service.url}/sandbox/phone/me`)).status).toBe(404)
  })
})
