import { createCipheriv, createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createCodec } from '../../src/wechat/crypto.ts'
import { signatureMatches, signatureOf } from '../../src/wechat/signature.ts'

const token = 'token'
const appId = 'wxba5fad812f8e6fb9'
const aesKey = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
const otherKey = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR'
const codec = createCodec({ token, appId, aesKey })

/** The platform's side, written from its documents alone. */
const sealRaw = (plain: Buffer, keyText = aesKey): string => {
  const key = Buffer.from(`${keyText}=`, 'base64')
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}
const sealed = (message: string, keyText = aesKey, owner = appId): string => {
  const body = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const plain = Buffer.concat([Buffer.alloc(16, 7), length, body, Buffer.from(owner)])
  const pad = 32 - (plain.length % 32)
  return sealRaw(Buffer.concat([plain, Buffer.alloc(pad, pad)]), keyText)
}

describe('the message codec', () => {
  test('opens whatever text the platform seals', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(codec.open(sealed(text))).toMatchObject({ ok: true, text })
      }),
    )
  })

  test('seals what it opens again', () => {
    const first = codec.open(sealed('x'))
    if (!first.ok) throw new Error(first.reason)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(codec.open(first.seal(text))).toMatchObject({ ok: true, text })
      }),
    )
  })

  test('refuses every ciphertext with one byte changed in its last two blocks', () => {
    const bytes = Buffer.from(sealed('hello'), 'base64')
    for (let index = bytes.length - 32; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 0x01
      expect(codec.open(changed.toString('base64')).ok).toBe(false)
    }
  })

  test('opens with the previous key and answers with the key that worked', () => {
    const rotating = createCodec({ token, appId, aesKey: otherKey, previousAesKey: aesKey })
    const opened = rotating.open(sealed('old key'))
    if (!opened.ok) throw new Error(opened.reason)
    expect(opened.text).toBe('old key')
    expect(codec.open(opened.seal('reply'))).toMatchObject({ ok: true, text: 'reply' })
    expect(rotating.open(sealed('new key', otherKey))).toMatchObject({ ok: true, text: 'new key' })
  })

  test('refuses another appid, a longer and a shorter one', () => {
    for (const owner of ['wxba5fad812f8e6fb8', `${appId}x`, appId.slice(0, -1), ''])
      expect(codec.open(sealed('hi', aesKey, owner))).toEqual({ ok: false, reason: 'wrong-appid' })
  })

  test('refuses a padding to 16 bytes, which the platform never sends', () => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(6)
    const plain = Buffer.concat([Buffer.alloc(16), length, Buffer.from('abcdef'), Buffer.from(appId)])
    const pad = 16 - (plain.length % 16)
    const padded = Buffer.concat([plain, Buffer.alloc(pad, pad)])
    expect(padded.length % 32).toBe(16)
    expect(codec.open(sealRaw(padded))).toEqual({ ok: false, reason: 'bad-padding' })
  })

  test.each(['', 'A', '====', 'not base64!', 'AAAA\nAAAA', ' '.repeat(64)])(
    'refuses %j without a throw',
    (text) => {
      expect(codec.open(text).ok).toBe(false)
    },
  )

  test('refuses random bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codec.open(Buffer.from(bytes).toString('base64')).ok).toBe(false)
      }),
    )
  })
})

describe('signatures', () => {
  test('match only the very digest', () => {
    const good = signatureOf(token, '1', '2')
    expect(signatureMatches(good, token, '1', '2')).toBe(true)
    expect(signatureMatches(good.toUpperCase(), token, '1', '2')).toBe(false)
    expect(signatureMatches(good.slice(1), token, '1', '2')).toBe(false)
    expect(signatureMatches('', token, '1', '2')).toBe(false)
    expect(signatureMatches(good, token, '1', '3')).toBe(false)
  })

  test('sort their parts as strings, not as numbers', () => {
    expect(signatureOf('9', '10', 'a')).toBe(signatureOf('10', 'a', '9'))
    expect(signatureOf('9', '10', 'a')).toBe(createHash('sha1').update('109a').digest('hex'))
  })
})
