import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { createCodec } from '../../src/wechat/crypto.ts'
import { signatureMatches, signatureOf } from '../../src/wechat/signature.ts'

const Vector = z.object({
  id: z.string(),
  kind: z.enum(['url-signature', 'decrypt', 'encrypt', 'sha1-sorted', 'jssdk-signature']),
  expect: z.enum(['accept', 'reject']),
  token: z.string().default('token'),
  timestamp: z.string().default(''),
  nonce: z.string().default(''),
  signature: z.string().default(''),
  msgSignature: z.string().optional(),
  encodingAESKey: z.string().default(''),
  appid: z.string().default(''),
  ciphertext: z.string().default(''),
  plaintext: z.string().default(''),
  rejectReason: z.string().optional(),
  parts: z.array(z.string()).default([]),
})

const file = readFileSync(new URL('../fixtures/wechat-vectors.json', import.meta.url), 'utf8')
const vectors = z.object({ vectors: z.array(Vector) }).parse(JSON.parse(file)).vectors
const of = (...kinds: string[]) => vectors.filter(({ kind }) => kinds.includes(kind))

describe('published and derived vectors', () => {
  test.each(of('url-signature'))('$id: the URL signature is judged right', (vector) => {
    const { signature, token, timestamp, nonce } = vector
    expect(signatureMatches(signature, token, timestamp, nonce)).toBe(vector.expect === 'accept')
  })

  test.each(of('sha1-sorted'))('$id: the digest of the sorted parts is reproduced', (vector) => {
    expect(signatureOf(...vector.parts)).toBe(vector.signature)
  })

  test.each(of('decrypt', 'encrypt'))('$id: the ciphertext is judged right', (vector) => {
    const { token, timestamp, nonce, ciphertext, msgSignature } = vector
    const signed =
      msgSignature === undefined || signatureMatches(msgSignature, token, timestamp, nonce, ciphertext)
    const codec = createCodec({ token, appId: vector.appid, aesKey: vector.encodingAESKey })
    const opened = codec.open(ciphertext)
    if (vector.expect === 'accept') {
      expect(signed).toBe(true)
      expect(opened).toMatchObject({ ok: true, text: vector.plaintext })
    } else if (vector.rejectReason === 'bad_signature') expect(signed).toBe(false)
    else expect(opened).toEqual({ ok: false, reason: vector.rejectReason?.replaceAll('_', '-') })
  })

  test('cover every kind that a callback meets', () => {
    expect(of('url-signature').length).toBeGreaterThanOrEqual(6)
    expect(of('decrypt').filter((vector) => vector.expect === 'reject').length).toBeGreaterThanOrEqual(8)
  })
})
