import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { parseStringPromise } from 'xml2js'
import type { Account, Random } from './account.ts'

/** Fields of a message: strings go out in CDATA, numbers and raw values bare, objects as nested elements. */
export type Fields = { [name: string]: string | number | { raw: string } | Fields }

/**
 * `sha1(sort(parts))` in lower-case hex, sorted as plain strings.
 * Source: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
 */
export const signatureOf = (...parts: string[]): string =>
  createHash('sha1').update(parts.toSorted().join('')).digest('hex')

export type Opened = { ok: true; text: string } | { ok: false; reason: string }

export type Envelope = { seal(text: string): string; open(ciphertext: string): Opened }

const BLOCK = 32

/**
 * AES-256-CBC over 16 random bytes, a big-endian byte length, the text and the app id, padded to 32 bytes.
 * Written apart from the product's own codec, so that each checks the other.
 */
export const createEnvelope = (account: Account, random: Random): Envelope => {
  const key = Buffer.from(`${account.aesKey}=`, 'base64')
  const iv = key.subarray(0, 16)
  return {
    seal(text) {
      const message = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(message.length)
      const plain = Buffer.concat([random(16), length, message, Buffer.from(account.appId)])
      const pad = BLOCK - (plain.length % BLOCK)
      const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
      const padded = Buffer.concat([plain, Buffer.alloc(pad, pad)])
      return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64')
    },
    open(ciphertext) {
      const bytes = Buffer.from(ciphertext, 'base64')
      if (bytes.toString('base64') !== ciphertext) return { ok: false, reason: 'bad-base64' }
      if (bytes.length === 0 || bytes.length % BLOCK !== 0) return { ok: false, reason: 'bad-block-length' }
      const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
      const padded = Buffer.concat([decipher.update(bytes), decipher.final()])
      const pad = padded.at(-1) ?? 0
      const padding = padded.subarray(padded.length - pad)
      if (pad < 1 || pad > BLOCK || padding.some((byte) => byte !== pad))
        return { ok: false, reason: 'bad-padding' }
      const plain = padded.subarray(0, padded.length - pad)
      if (plain.length < 20) return { ok: false, reason: 'too-short' }
      const end = 20 + plain.readUInt32BE(16)
      if (end > plain.length) return { ok: false, reason: 'bad-length' }
      if (plain.subarray(end).toString() !== account.appId) return { ok: false, reason: 'wrong-app-id' }
      return { ok: true, text: plain.subarray(20, end).toString() }
    },
  }
}

const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`

const element = (name: string, value: Fields[string]): string => {
  if (typeof value === 'string') return `<${name}>${cdata(value)}</${name}>`
  if (typeof value === 'number') return `<${name}>${value}</${name}>`
  if ('raw' in value && typeof value.raw === 'string') return `<${name}>${value.raw}</${name}>`
  return `<${name}>${elements(value)}</${name}>`
}

const elements = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('\n')

/** The XML of a push, as WeChat writes it: an `xml` root, CDATA, one element a line. */
export const toXml = (fields: Fields): string => `<xml>${elements(fields)}\n</xml>`

export type Parsed = { ok: true; root: unknown } | { ok: false; reason: string }

/** Reads an `<xml>…</xml>` document as strictly as WeChat does: nothing before it, nothing after it, no DOCTYPE. */
export const readXml = async (text: string): Promise<Parsed> => {
  if (/^\s*[{[]/.test(text)) return { ok: false, reason: 'json' }
  if (!text.startsWith('<xml>') || !text.endsWith('</xml>')) {
    const stray = text.trim().startsWith('<xml>') && text.trim().endsWith('</xml>')
    return { ok: false, reason: stray ? 'stray-whitespace' : 'not-xml' }
  }
  // What XML 1.0 forbids; xml2js lets it pass.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    return { ok: false, reason: 'control-character' }
  const markup = text.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
  if (/<!DOCTYPE|<!ENTITY/i.test(markup)) return { ok: false, reason: 'doctype' }
  // xml2js is content with HTML's entities and with a second root.
  const foreignEntity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.test(markup)
  if (foreignEntity || markup.indexOf('</xml>') !== markup.length - '</xml>'.length) {
    return { ok: false, reason: 'malformed-xml' }
  }
  try {
    const document: unknown = await parseStringPromise(text, { explicitArray: false, explicitRoot: false })
    return { ok: true, root: document }
  } catch {
    return { ok: false, reason: 'malformed-xml' }
  }
}
