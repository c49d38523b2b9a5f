import { createServer, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { Account } from '../../src/sandbox/account.ts'

type Crypt = {
  getSignature(timestamp: string, nonce: string, encrypt: string): string
  decrypt(text: string): { message: string; id: string }
  encrypt(text: string): string
}

/** A codec by someone else: what the sandbox seals must open with it, and the other way round. */
const OtherCrypt: new (token: string, aesKey: string, appId: string) => Crypt = createRequire(
  import.meta.url,
)('wechat-crypto')

export const otherCrypt = ({ token, aesKey, appId }: Account): Crypt => new OtherCrypt(token, aesKey, appId)

export type Push = {
  method: string
  contentType: string | undefined
  query: URLSearchParams
  body: string
  plain: string
}

/** Answers a push: a body, or whatever it does to the response by itself. `n` counts from 1. */
export type Answering = (push: Push, n: number) => string | ((response: ServerResponse) => void)

/** The text of an element, with or without CDATA. */
export const elementOf = (xml: string, name: string): string | undefined =>
  xml.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^]*?)(?:\\]\\]>)?</${name}>`))?.[1]

/** A server URL of an account, as bare as can be: it keeps every push and answers what it is told. */
export const startCallbackServer = async (account: Account) => {
  const pushes: Push[] = []
  const crypt = otherCrypt(account)
  let answering: Answering = () => 'success'
  let cuts = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const sealed = elementOf(body, 'Encrypt')
    const plain = sealed === undefined ? body : crypt.decrypt(sealed).message
    const { searchParams: query } = new URL(request.url ?? '', 'http://callback')
    const contentType = request.headers['content-type']
    const push = { method: request.method ?? '', contentType, query, body, plain }
    pushes.push(push)
    response.on('close', () => {
      if (!response.writableFinished) cuts += 1
    })
    const answer = answering(push, pushes.length)
    if (typeof answer === 'string') response.end(answer)
    else answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/wechat/callback`,
    pushes,
    cuts: () => cuts,
    answer(next: Answering) {
      answering = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type CallbackServer = Awaited<ReturnType<typeof startCallbackServer>>

/** A text reply as an account writes it. */
export const textReply = (account: Account, openid: string, content: string): string =>
  `<xml><ToUserName><![CDATA[${openid}]]></ToUserName><FromUserName><![CDATA[${account.ghId}]]></FromUserName>` +
  `<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content></xml>`

/** The same, sealed. */
export const sealedReply = (account: Account, plain: string): string => {
  const crypt = otherCrypt(account)
  const sealed = crypt.encrypt(plain)
  const signature = crypt.getSignature('1700000000', '77', sealed)
  return (
    `<xml><Encrypt><![CDATA[${sealed}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature>` +
    `<TimeStamp>1700000000</TimeStamp><Nonce><![CDATA[77]]></Nonce></xml>`
  )
}
