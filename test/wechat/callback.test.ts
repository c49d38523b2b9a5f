import { createCipheriv } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Clock } from '../../src/base/clock.ts'
import { MESSAGES_FOR_MS, POST_VALID_MS, SPENT_FOR_MS } from '../../src/base/post-age.ts'
import { createCallback } from '../../src/wechat/callback.ts'
import { createCodec } from '../../src/wechat/crypto.ts'
import { parseXml } from '../../src/wechat/parse-xml.ts'
import { signatureOf } from '../../src/wechat/signature.ts'
import { textOf } from '../../src/wechat/xml.ts'

const nowMs = 1_760_000_000_000
const clock: Clock = { now: () => nowMs, sleep: async () => {} }
const token = 'tok'
const appId = 'wx1234567890abcdef'
const aesKey = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
const timestamp = String(nowMs / 1000)
const nonce = '42'

const plainOnly = createCallback({ token, appId, allowPlain: false }, clock)
const secure = createCallback({ token, appId, aesKey, allowPlain: false }, clock)
const both = createCallback({ token, appId, aesKey, allowPlain: true }, clock)

const text = (content: string) =>
  `<xml><ToUserName>gh_1</ToUserName><FromUserName>oUser</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[${content}]]></Content><MsgId>7</MsgId></xml>`
const query = (more: object = {}) => ({
  signature: signatureOf(token, timestamp, nonce),
  timestamp,
  nonce,
  ...more,
})

const sealed = (message: string): string => {
  const key = Buffer.from(`${aesKey}=`, 'base64')
  const body = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const plain = Buffer.concat([Buffer.alloc(16, 1), length, body, Buffer.from(appId)])
  const pad = 32 - (plain.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])),
    cipher.final(),
  ]).toString('base64')
}
const envelope = (ciphertext: string, around = '') =>
  `<xml><ToUserName>gh_1</ToUserName>${around}<Encrypt><![CDATA[${ciphertext}]]></Encrypt></xml>`
const sealedQuery = (ciphertext: string, more: object = {}) => ({
  timestamp,
  nonce,
  encrypt_type: 'aes',
  msg_signature: signatureOf(token, timestamp, nonce, ciphertext),
  ...more,
})

const statusOf = (callback: typeof secure, asked: object, body: string) => {
  const result = callback.receive({ ...asked }, Buffer.from(body))
  return result.ok ? 200 : result.status
}

describe('the URL check', () => {
  test('echoes what WeChat signed, in every mode and at any age', () => {
    const old = { timestamp: '1366032735', nonce: '1', signature: signatureOf(token, '1366032735', '1') }
    for (const callback of [plainOnly, secure])
      expect(callback.checkUrl({ ...old, echostr: '4375120948345356249' })).toBe('4375120948345356249')
  })

  test('refuses a wrong, missing or repeated value', () => {
    const good = { ...query(), echostr: 'e' }
    expect(secure.checkUrl(good)).toBe('e')
    for (const bad of [
      { ...good, signature: 'x' },
      { ...good, signature: undefined },
      { ...good, signature: [good.signature, good.signature] },
      { ...good, nonce: '43' },
      { ...good, timestamp: '' },
      { ...good, echostr: undefined },
      { ...good, echostr: ['e', 'f'] },
      {},
    ])
      expect(secure.checkUrl(bad)).toBeUndefined()
  })
})

describe('plain mode', () => {
  test('takes a signed post and answers in plain XML with seconds', () => {
    const received = plainOnly.receive(query(), Buffer.from(text('你好')))
    if (!received.ok) throw new Error(received.reason)
    expect(received.inbound).toMatchObject({ openid: 'oUser', message: { type: 'text', content: '你好' } })
    const { contentType, body } = received.reply('a ]]> <b>&\u0007')
    expect(contentType).toMatch(/^text\/xml/)
    const fields = parseXml(body)
    expect(textOf(fields, 'Content')).toBe('a ]]> <b>&')
    expect(textOf(fields, 'CreateTime')).toBe(timestamp)
    expect([textOf(fields, 'ToUserName'), textOf(fields, 'FromUserName')]).toEqual(['oUser', 'gh_1'])
  })

  test.each([
    [-600_000, 200],
    [600_000, 200],
    [-601_000, 403],
    [601_000, 403],
  ])('a post stamped %d ms off answers %d', (offset, status) => {
    const stamped = String((nowMs + offset) / 1000)
    const asked = { timestamp: stamped, nonce, signature: signatureOf(token, stamped, nonce) }
    expect(statusOf(plainOnly, asked, text('x'))).toBe(status)
  })

  test('a signed timestamp that is no number is refused', () => {
    expect(
      statusOf(
        plainOnly,
        { timestamp: 'soon', nonce, signature: signatureOf(token, 'soon', nonce) },
        text('x'),
      ),
    ).toBe(403)
  })

  test('is refused where an AES key is set, unless allowed', () => {
    expect(statusOf(secure, query(), text('x'))).toBe(403)
    expect(statusOf(both, query(), text('x'))).toBe(200)
  })

  test('a wrong signature is refused before the body is looked at', () => {
    expect(statusOf(plainOnly, query({ signature: 'x' }), 'not xml')).toBe(403)
    expect(statusOf(plainOnly, query(), 'not xml')).toBe(400)
    expect(statusOf(plainOnly, query(), '')).toBe(400)
  })

  test('JSON is understood and answered in JSON', () => {
    const json = JSON.stringify({
      ToUserName: 'gh_1',
      FromUserName: 'oUser',
      MsgType: 'text',
      Content: '你好',
      MsgId: 7,
    })
    const received = plainOnly.receive(query(), Buffer.from(`\ufeff ${json}`))
    if (!received.ok) throw new Error(received.reason)
    expect(received.dedupKey).toBe('m:7')
    expect(JSON.parse(received.reply('好').body)).toEqual({
      ToUserName: 'oUser',
      FromUserName: 'gh_1',
      CreateTime: nowMs / 1000,
      MsgType: 'text',
      Content: '好',
    })
  })
})

describe('secure and compat mode', () => {
  test('the ciphertext is opened and the reply sealed, signed over what it holds', () => {
    const ciphertext = sealed(text('你好'))
    const received = secure.receive(sealedQuery(ciphertext), Buffer.from(envelope(ciphertext)))
    if (!received.ok) throw new Error(received.reason)
    const reply = parseXml(received.reply('好').body)
    const answer = textOf(reply, 'Encrypt') ?? ''
    const stamp = textOf(reply, 'TimeStamp') ?? ''
    expect(textOf(reply, 'MsgSignature')).toBe(
      signatureOf(token, stamp, textOf(reply, 'Nonce') ?? '', answer),
    )
    expect(stamp).toBe(timestamp)
    const opened = createCodec({ token, appId, aesKey }).open(answer)
    expect(opened.ok && textOf(parseXml(opened.text), 'Content')).toBe('好')
  })

  test('what stands in plain beside the ciphertext counts for nothing', () => {
    const ciphertext = sealed(text('genuine'))
    const body = envelope(
      ciphertext,
      '<FromUserName>oEvil</FromUserName><MsgType>text</MsgType><Content>forged</Content>',
    )
    const received = both.receive({ ...query(), ...sealedQuery(ciphertext) }, Buffer.from(body))
    expect(received).toMatchObject({
      ok: true,
      inbound: { openid: 'oUser', message: { content: 'genuine' } },
    })
  })

  test('only msg_signature counts where there is ciphertext', () => {
    const ciphertext = sealed(text('x'))
    const body = envelope(ciphertext)
    expect(statusOf(secure, sealedQuery(ciphertext), body)).toBe(200)
    expect(statusOf(secure, sealedQuery(ciphertext, { signature: 'wrong' }), body)).toBe(200)
    expect(statusOf(secure, { ...query(), encrypt_type: 'aes' }, body)).toBe(403)
    expect(statusOf(both, query(), body)).toBe(403)
    expect(statusOf(both, { ...query(), encrypt_type: 'raw' }, body)).toBe(403)
    expect(statusOf(secure, sealedQuery(ciphertext, { msg_signature: query().signature }), body)).toBe(403)
    expect(statusOf(secure, sealedQuery(ciphertext, { nonce: '43' }), body)).toBe(403)
    expect(statusOf(plainOnly, { ...query(), ...sealedQuery(ciphertext) }, body)).toBe(403)
  })

  test.each([
    ['-600', 200],
    ['600', 200],
    ['-601', 403],
    ['601', 403],
    ['-759999999', 403],
  ])('a sealed post stamped %s s off answers %d, in compat mode too', (seconds, status) => {
    const stamped = String(nowMs / 1000 + Number(seconds))
    const ciphertext = sealed(text('x'))
    const msg_signature = signatureOf(token, stamped, nonce, ciphertext)
    const asked = { ...sealedQuery(ciphertext), timestamp: stamped, msg_signature }
    expect(statusOf(secure, asked, envelope(ciphertext))).toBe(status)
    const signature = signatureOf(token, stamped, nonce)
    const compat = { ...asked, signature }
    expect(statusOf(both, compat, envelope(ciphertext, '<FromUserName>oUser</FromUserName>'))).toBe(status)
  })

  test.each(['soon', '1e10', '0x68e7b800', '-1', ' ', 'Infinity', 'NaN', '1760000000.5'])(
    'a signed stamp %j that counts no seconds is refused, sealed and plain',
    (stamped) => {
      const ciphertext = sealed(text('x'))
      const msg_signature = signatureOf(token, stamped, nonce, ciphertext)
      const asked = { ...sealedQuery(ciphertext), timestamp: stamped, msg_signature }
      expect(statusOf(secure, asked, envelope(ciphertext))).toBe(403)
      const plain = { timestamp: stamped, nonce, signature: signatureOf(token, stamped, nonce) }
      expect(statusOf(plainOnly, plain, text('x'))).toBe(403)
    },
  )

  test('the same stamp and nonce may carry another message', () => {
    for (const said of ['a', 'b']) {
      const ciphertext = sealed(text(said))
      expect(statusOf(secure, sealedQuery(ciphertext), envelope(ciphertext))).toBe(200)
    }
  })

  test('no post can be taken once its message or its hash may have been forgotten', () => {
    let now = nowMs
    const moving = createCallback({ token, appId, aesKey, allowPlain: false }, { ...clock, now: () => now })
    const ciphertext = sealed(text('x'))
    const taken = (stampMs: number, at: number) => {
      now = at
      const stamped = String(stampMs / 1000)
      const msg_signature = signatureOf(token, stamped, nonce, ciphertext)
      const asked = { ...sealedQuery(ciphertext), timestamp: stamped, msg_signature }
      return statusOf(moving, asked, envelope(ciphertext)) === 200
    }
    const anyStamp = fc.integer({ min: -1500, max: 1500 }).map((seconds) => nowMs + seconds * 1000)
    fc.assert(
      fc.property(anyStamp, fc.integer({ min: 1, max: 86_400_000 }), (stampMs, laterMs) => {
        const late = nowMs + POST_VALID_MS + laterMs
        expect(taken(stampMs, nowMs) && taken(stampMs, late)).toBe(false)
      }),
    )
    expect(SPENT_FOR_MS).toBeGreaterThan(POST_VALID_MS)
    expect(MESSAGES_FOR_MS).toBeGreaterThan(POST_VALID_MS)
  })

  test.each([
    ['no Encrypt', '<xml><ToUserName>a</ToUserName></xml>', ''],
    ['no XML', 'garbage', ''],
    ['a ciphertext that is none', envelope('AAAA'), 'AAAA'],
    ['an empty ciphertext', envelope(''), ''],
    ['a sealed text that is no message', envelope(sealed('hello')), sealed('hello')],
    [
      'a sealed message without sender',
      envelope(sealed('<xml><ToUserName>a</ToUserName></xml>')),
      sealed('<xml><ToUserName>a</ToUserName></xml>'),
    ],
  ])('%s answers 400', (_name, body, ciphertext) => {
    expect(statusOf(secure, sealedQuery(ciphertext), body)).toBe(400)
  })

  test('JSON in an envelope is answered with the four names of the documents', () => {
    const ciphertext = sealed(
      JSON.stringify({ ToUserName: 'g', FromUserName: 'o', MsgType: 'text', MsgId: 1 }),
    )
    const received = secure.receive(
      sealedQuery(ciphertext),
      Buffer.from(JSON.stringify({ ToUserName: 'g', Encrypt: ciphertext })),
    )
    if (!received.ok) throw new Error(received.reason)
    expect(Object.keys(JSON.parse(received.reply('x').body))).toEqual([
      'Encrypt',
      'MsgSignature',
      'TimeStamp',
      'Nonce',
    ])
  })
})
