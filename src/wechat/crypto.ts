import { createDecipheriv, createSecretKey, timingSafeEqual } from 'node:crypto'
import WXBizMsgCrypt from 'wechat-crypto'

/** Why a ciphertext was refused, in the order of the checks. */
export type OpenFailure =
  | 'bad-base64'
  | 'bad-block-length'
  | 'bad-padding'
  | 'too-short'
  | 'bad-length'
  | 'wrong-appid'

export type Opened = { ok: true; text: string; seal: Seal } | { ok: false; reason: OpenFailure }

/** Plain text in, base64 ciphertext out. */
export type Seal = (text: string) => string

export type Codec = {
  /** Opens with the current key, then with the previous one; the answer is to be sealed with the key that worked. */
  open(ciphertext: string): Opened
}

const PAD_BLOCK_BYTES = 32
const HEADER_BYTES = 20
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Message encryption of Official Accounts: AES-256-CBC over 16 random bytes, uint32 length, message, appid.
 * wechat-crypto seals and signs; it opens without checking pad bytes, length or appid, so opening is done here.
 * https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Message_encryption_and_decryption_instructions.html
 */
export const createCodec = (options: {
  token: string
  appId: string
  aesKey: string
  previousAesKey?: string | undefined
}): Codec => {
  const keys = [options.aesKey, ...(options.previousAesKey ? [options.previousAesKey] : [])]
  const crypts = keys.map((key) => prepare(new WXBizMsgCrypt(options.token, key, options.appId)))
  const appId = Buffer.from(options.appId)

  return {
    open(ciphertext) {
      // Strict: Buffer.from skips what is not base64, which would let many spellings of one ciphertext pass.
      if (ciphertext.length % 4 !== 0 || !BASE64.test(ciphertext)) return { ok: false, reason: 'bad-base64' }
      const bytes = Buffer.from(ciphertext, 'base64')
      if (bytes.length === 0 || bytes.length % 16 !== 0) return { ok: false, reason: 'bad-block-length' }
      let failure: OpenFailure = 'bad-padding'
      for (const [index, crypt] of crypts.entries()) {
        const opened = openWith(crypt, bytes, appId)
        if (typeof opened === 'string') {
          if (index === 0) failure = opened
        } else return { ok: true, text: opened.text, seal: (text) => crypt.encrypt(text) }
      }
      return { ok: false, reason: failure }
    },
  }
}

/** Node wraps a Buffer into a key object at every use, for 8 µs; wrapped once, it does not. */
const prepare = (crypt: WXBizMsgCrypt): WXBizMsgCrypt => {
  if (Buffer.isBuffer(crypt.key)) crypt.key = createSecretKey(crypt.key)
  return crypt
}

const openWith = (crypt: WXBizMsgCrypt, bytes: Buffer, appId: Buffer): { text: string } | OpenFailure => {
  const decipher = createDecipheriv('aes-256-cbc', crypt.key, crypt.iv)
  // Node's own unpadding expects blocks of 16 and throws on the pads 17..32 that WeChat uses.
  decipher.setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()])
  const pad = padded[padded.length - 1] ?? 0
  if (padded.length % PAD_BLOCK_BYTES !== 0 || pad < 1 || pad > PAD_BLOCK_BYTES) return 'bad-padding'
  const end = padded.length - pad
  for (let i = end; i < padded.length; i += 1) if (padded[i] !== pad) return 'bad-padding'
  if (end < HEADER_BYTES) return 'too-short'
  const length = padded.readUInt32BE(16)
  if (length > end - HEADER_BYTES) return 'bad-length'
  const owner = padded.subarray(HEADER_BYTES + length, end)
  if (owner.length !== appId.length || !timingSafeEqual(owner, appId)) return 'wrong-appid'
  return { text: padded.toString('utf8', HEADER_BYTES, HEADER_BYTES + length) }
}
