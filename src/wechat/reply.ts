import { signatureOf } from './signature.ts'
import { cdata } from './xml.ts'

/** How a reply has to be written: the format and the mode the message came in. */
export type ReplyFormat = 'xml' | 'json'

export type ReplyAddress = { openid: string; account: string }

/** What goes into the HTTP response. */
export type ReplyBody = { contentType: string; body: string }

const CONTENT_TYPE: Record<ReplyFormat, string> = {
  xml: 'text/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

/**
 * A passive text reply. `nowSeconds` goes into CreateTime, which is in seconds. The text must not be empty: WeChat
 * shows the user a fault notice for an empty Content.
 * https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */
export const textReply = (
  to: ReplyAddress,
  text: string,
  nowSeconds: number,
  format: ReplyFormat,
): ReplyBody => {
  if (text.trim() === '') throw new Error('a passive reply needs text')
  const content = text.toWellFormed()
  const body =
    format === 'json'
      ? JSON.stringify({
          ToUserName: to.openid,
          FromUserName: to.account,
          CreateTime: nowSeconds,
          MsgType: 'text',
          Content: content,
        })
      : `<xml><ToUserName>${cdata(to.openid)}</ToUserName><FromUserName>${cdata(to.account)}</FromUserName>` +
        `<CreateTime>${nowSeconds}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
        `<Content>${cdata(xmlText(content))}</Content></xml>`
  return { contentType: CONTENT_TYPE[format], body }
}

/** XML 1.0 knows no control characters but tab and line ends, not even in CDATA. */
const xmlText = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')

/** The encrypted envelope; the signature covers the ciphertext with the timestamp and nonce given here. */
export const sealedReply = (
  ciphertext: string,
  options: { token: string; nowSeconds: number; nonce: string; format: ReplyFormat },
): ReplyBody => {
  const { token, nowSeconds, nonce, format } = options
  const signature = signatureOf(token, String(nowSeconds), nonce, ciphertext)
  const body =
    format === 'json'
      ? JSON.stringify({ Encrypt: ciphertext, MsgSignature: signature, TimeStamp: nowSeconds, Nonce: nonce })
      : `<xml><Encrypt><![CDATA[${ciphertext}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature>` +
        `<TimeStamp>${nowSeconds}</TimeStamp><Nonce>${cdata(nonce)}</Nonce></xml>`
  return { contentType: CONTENT_TYPE[format], body }
}

/** Ends WeChat's retries without a message to the user. */
export const SUCCESS: ReplyBody = { contentType: 'text/plain; charset=utf-8', body: 'success' }
