import type { Clock } from '../base/clock.ts'
import { POST_SKEW_MS } from '../base/post-age.ts'
import { createCodec, type Seal } from './crypto.ts'
import { dedupKeyOf } from './dedup-key.ts'
import { type Inbound, readInbound } from './message.ts'
import { parseXml } from './parse-xml.ts'
import { type ReplyBody, type ReplyFormat, sealedReply, textReply } from './reply.ts'
import { signatureMatches } from './signature.ts'
import { type Fields, parseJsonFields, textOf } from './xml.ts'

/** The query of a callback as it came: a value may be missing or, with a hostile caller, repeated. */
export type CallbackQuery = { readonly [name: string]: unknown }

export type Refused = { ok: false; status: 400 | 403; reason: string }

export type Received = {
  ok: true
  inbound: Inbound
  dedupKey: string
  /** Writes a text reply in the format and the mode the message came in. */
  reply: (text: string) => ReplyBody
}

export type CallbackSettings = {
  token: string
  appId: string
  aesKey?: string | undefined
  previousAesKey?: string | undefined
  allowPlain: boolean
}

/** Seconds since the Unix epoch. */
const STAMP = /^\d{1,12}$/
const TOO_FAR_OFF = 'timestamp is more than 10 minutes off: is the clock of this machine right?'

/** The callback protocol of an Official Account: bytes in, a typed message or a refusal out. */
export const createCallback = (settings: CallbackSettings, clock: Clock) => {
  const { token, appId, aesKey, previousAesKey } = settings
  const codec = aesKey ? createCodec({ token, appId, aesKey, previousAesKey }) : undefined

  /** The stamp is signed, and with ciphertext bound to it: what is older, or from a future, is a replay. */
  const isTimely = (timestamp: string): boolean =>
    STAMP.test(timestamp) && Math.abs(clock.now() - Number(timestamp) * 1000) <= POST_SKEW_MS

  /** GET: the echo string when WeChat signed the request. It is plain text in every mode. */
  const checkUrl = (query: CallbackQuery): string | undefined => {
    const { signature, timestamp, nonce } = readQuery(query)
    const echo = query.echostr
    if (typeof echo !== 'string' || !timestamp || !nonce) return undefined
    return signatureMatches(signature, token, timestamp, nonce) ? echo : undefined
  }

  const receive = (query: CallbackQuery, body: Buffer): Received | Refused => {
    const asked = readQuery(query)
    const { timestamp, nonce } = asked
    if (!timestamp || !nonce) return refused(403, 'no timestamp or nonce')
    // A plain post is checked before anything of it is parsed. `signature` does not cover a body, so where there is
    // ciphertext it counts for nothing.
    if (!asked.sealed && !signatureMatches(asked.signature, token, timestamp, nonce))
      return refused(403, 'wrong signature')

    const text = body.toString('utf8')
    const format = formatOf(text)
    const outer = format && parse(text, format)
    if (!format || !outer) return refused(400, 'malformed body')
    const ciphertext = textOf(outer, 'Encrypt')

    if (ciphertext !== undefined) {
      if (!signatureMatches(asked.msgSignature, token, timestamp, nonce, ciphertext))
        return refused(403, 'wrong msg_signature')
      if (!isTimely(timestamp)) return refused(403, TOO_FAR_OFF)
      if (!codec) return refused(403, 'ciphertext, but WECHAT_AES_KEY is not set')
      const opened = codec.open(ciphertext)
      if (!opened.ok) return refused(400, `ciphertext refused: ${opened.reason}`)
      const innerFormat = formatOf(opened.text)
      const inner = innerFormat && parse(opened.text, innerFormat)
      if (!innerFormat || !inner) return refused(400, 'malformed message in the ciphertext')
      return received(inner, innerFormat, asked, opened.seal)
    }

    if (asked.sealed) return refused(400, 'encrypt_type says aes, but there is no Encrypt')
    if (codec && !settings.allowPlain) return refused(403, 'plain message, but WECHAT_AES_KEY is set')
    if (!isTimely(timestamp)) return refused(403, TOO_FAR_OFF)
    return received(outer, format, asked, undefined)
  }

  const received = (
    fields: Fields,
    format: ReplyFormat,
    asked: AskedQuery,
    seal: Seal | undefined,
  ): Received | Refused => {
    const inbound = readInbound(fields)
    if (!inbound) return refused(400, 'ToUserName, FromUserName or MsgType is missing')
    return {
      ok: true,
      inbound,
      dedupKey: dedupKeyOf(inbound, asked),
      reply(text) {
        const nowSeconds = Math.floor(clock.now() / 1000)
        const plain = textReply(inbound, text, nowSeconds, format)
        return seal ? sealedReply(seal(plain.body), { token, nowSeconds, nonce: asked.nonce, format }) : plain
      },
    }
  }

  return { checkUrl, receive }
}

export type Callback = ReturnType<typeof createCallback>

type AskedQuery = ReturnType<typeof readQuery>

/** A repeated or oversized value counts as missing: WeChat sends each once, and all of them are short. */
const readQuery = (query: CallbackQuery) => {
  const one = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' && value.length <= 128 ? value : ''
  }
  return {
    signature: one('signature'),
    msgSignature: one('msg_signature'),
    timestamp: one('timestamp'),
    nonce: one('nonce'),
    sealed: one('encrypt_type') === 'aes' || query.msg_signature !== undefined,
  }
}

const refused = (status: 400 | 403, reason: string): Refused => ({ ok: false, status, reason })

/** Official Accounts push XML; the documents also show JSON. The first character that is no space tells. */
const formatOf = (text: string): ReplyFormat | undefined => {
  const first = text.match(/^[\s\ufeff]*(.)/)?.[1]
  return first === '<' ? 'xml' : first === '{' ? 'json' : undefined
}

const parse = (text: string, format: ReplyFormat): Fields | undefined =>
  format === 'xml' ? parseXml(text.trimStart()) : parseJsonFields(text.trimStart())
