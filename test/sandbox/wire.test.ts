import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createSandboxAccount } from '../../src/sandbox/account.ts'
import { createEnvelope, readXml, signatureOf, toXml } from '../../src/sandbox/wire.ts'
import { otherCrypt } from './callback-server.ts'

/** The worked example of Tencent's page on encryption. */
const official = {
  account: {
    appId: 'wxba5fad812f8e6fb9',
    appSecret: '',
    token: 'AAAAA',
    aesKey: 'A'.repeat(43),
    ghId: 'gh_97417a04a28d',
  },
  timestamp: '1714112445',
  nonce: '415670741',
  signature: '6c5c811b55cc85e0e1b54100749188c20beb3f5d',
  msgSignature: '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3',
  random16: 'a8eedb185eb2fecf',
  ciphertext:
    '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=',
  plaintext:
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}',
}

describe('the envelope', () => {
  test('seals and signs the official example byte for byte', () => {
    const { account, timestamp, nonce, ciphertext } = official
    const envelope = createEnvelope(account, () => Buffer.from(official.random16))
    expect(envelope.seal(official.plaintext)).toBe(ciphertext)
    expect(signatureOf(account.token, timestamp, nonce)).toBe(official.signature)
    expect(signatureOf(account.token, timestamp, nonce, ciphertext)).toBe(official.msgSignature)
    expect(envelope.open(ciphertext)).toEqual({ ok: true, text: official.plaintext })
  })

  test('agrees with another codec over every padding length', () => {
    const account = createSandboxAccount(randomBytes)
    const envelope = createEnvelope(account, randomBytes)
    const other = otherCrypt(account)
    for (let length = 0; length <= 32; length += 1) {
      const text = 'x'.repeat(length)
      expect(other.decrypt(envelope.seal(text))).toEqual({ message: text, id: account.appId })
      expect(envelope.open(other.encrypt(text))).toEqual({ ok: true, text })
    }
  })

  test('refuses another account’s text and a broken one', () => {
    const account = createSandboxAccount(randomBytes)
    const envelope = createEnvelope(account, randomBytes)
    const foreign = createEnvelope({ ...account, appId: 'wx0000000000000000' }, randomBytes)
    expect(envelope.open(foreign.seal('hi'))).toEqual({ ok: false, reason: 'wrong-app-id' })
    expect(envelope.open('AAAA')).toEqual({ ok: false, reason: 'bad-block-length' })
    expect(envelope.open('not base64')).toEqual({ ok: false, reason: 'bad-base64' })
    expect(envelope.open('')).toEqual({ ok: false, reason: 'bad-block-length' })
  })
})

describe('the XML', () => {
  test('carries numbers bare, texts in CDATA, and survives the end of CDATA inside a text', async () => {
    const xml = toXml({
      CreateTime: 7,
      Content: 'a]]>b & <c>',
      MsgId: { raw: '6260957665266699303' },
      Info: { A: 'x' },
    })
    expect(xml).toContain('<CreateTime>7</CreateTime>')
    expect(xml).toContain('<MsgId>6260957665266699303</MsgId>')
    const root = { CreateTime: '7', Content: 'a]]>b & <c>', MsgId: '6260957665266699303', Info: { A: 'x' } }
    expect(await readXml(xml)).toMatchObject({ ok: true, root })
  })

  test('takes markup inside CDATA for text', async () => {
    const text = '<!DOCTYPE html> &nbsp; </xml>'
    expect(await readXml(toXml({ Content: text }))).toMatchObject({ ok: true, root: { Content: text } })
  })

  test.each([
    ['json', '{"ToUserName":"x"}'],
    ['stray-whitespace', '\n<xml><A>1</A></xml>'],
    ['stray-whitespace', '<xml><A>1</A></xml>\n'],
    ['not-xml', 'hello'],
    ['not-xml', '\ufeff<xml></xml>!'],
    ['malformed-xml', '<xml><A>1</B></xml>'],
    ['malformed-xml', '<xml><A>&nbsp;</A></xml>'],
    ['malformed-xml', '<xml><A>1</A></xml><xml></xml>'],
    ['doctype', '<xml><!DOCTYPE a><A>1</A></xml>'],
    ['control-character', '<xml><A>\u0008</A></xml>'],
  ])('is refused as %s: %j', async (reason, text) => {
    expect(await readXml(text)).toEqual({ ok: false, reason })
  })
})
