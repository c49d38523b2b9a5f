import { z } from 'zod'
import type { Account, Mode } from './account.ts'
import { ARTICLES_FOR_EVENT, ARTICLES_FOR_MESSAGE, TEXT_MAX_BYTES } from './rules.ts'
import { type Envelope, readXml, signatureOf } from './wire.ts'

export type ReplyMessage = { kind: string; text: string }

/** What WeChat makes of an HTTP answer: shows it, takes it as "no reply", or calls the account faulty. */
export type Verdict =
  | { outcome: 'reply'; message: ReplyMessage }
  | { outcome: 'silent' }
  | { outcome: 'invalid'; reason: string }

export type Read = { verdict: Verdict; plain: string; cipher?: string }

const media = z.object({ MediaId: z.string().min(1) })
const article = z.object({
  Title: z.string(),
  Description: z.string().optional(),
  PicUrl: z.string().optional(),
  Url: z.string(),
})

/** https://developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html */
const payload = z.discriminatedUnion('MsgType', [
  z.object({ MsgType: z.literal('text'), Content: z.string() }),
  z.object({ MsgType: z.literal('image'), Image: media }),
  z.object({ MsgType: z.literal('voice'), Voice: media }),
  z.object({ MsgType: z.literal('video'), Video: media }),
  z.object({ MsgType: z.literal('music'), Music: z.object({ ThumbMediaId: z.string().min(1) }) }),
  z.object({
    MsgType: z.literal('news'),
    ArticleCount: z.string().regex(/^\d+$/),
    Articles: z.object({ item: z.union([article, z.array(article)]) }),
  }),
  z.object({ MsgType: z.literal('transfer_customer_service') }),
])

const addressed = z.object({
  ToUserName: z.string(),
  FromUserName: z.string(),
  // Thirteen digits are milliseconds: wrong, but WeChat is known to let them pass.
  CreateTime: z.string().regex(/^\d{1,13}$/),
})

const envelope = z.object({
  Encrypt: z.string().min(1),
  MsgSignature: z.string(),
  TimeStamp: z.string().regex(/^\d+$/),
  Nonce: z.string().min(1),
})

type Options = { account: Account; mode: Mode; envelope: Envelope }

type Asked = { openid: string; event: boolean }

/** Reads an answer to a callback. `asked` says who sent what, for the address and the number of articles. */
export const readReply = async (
  answer: { status: number; body: Uint8Array },
  asked: Asked,
  options: Options,
): Promise<Read> => {
  const text = decode(answer.body)
  if (text === undefined) return { verdict: invalid('not-utf-8'), plain: '' }
  if (answer.status !== 200) return { verdict: invalid(`http-${answer.status}`), plain: text }
  if (text === '' || text === 'success') return { verdict: { outcome: 'silent' }, plain: text }
  const outer = await readXml(text)
  if (!outer.ok) return { verdict: invalid(outer.reason), plain: text }
  const sealed = hasEncrypt(outer.root)
  if (sealed && options.mode === 'plain') return { verdict: invalid('sealed-in-plain-mode'), plain: text }
  if (!sealed && options.mode === 'secure') return { verdict: invalid('plain-in-secure-mode'), plain: text }
  if (!sealed) return { verdict: judge(outer.root, asked, options.account), plain: text }
  const opened = openReply(outer.root, options)
  if (!opened.ok) return { verdict: invalid(opened.reason), plain: '', cipher: text }
  const inner = await readXml(opened.text)
  const verdict = inner.ok ? judge(inner.root, asked, options.account) : invalid(inner.reason)
  return { verdict, plain: opened.text, cipher: text }
}

const invalid = (reason: string): Verdict => ({ outcome: 'invalid', reason })

const decode = (body: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

const hasEncrypt = (root: unknown): boolean => typeof root === 'object' && root !== null && 'Encrypt' in root

const openReply = (root: unknown, { account, envelope: codec }: Options) => {
  const fields = envelope.safeParse(root)
  if (!fields.success) return { ok: false as const, reason: 'bad-envelope' }
  const { Encrypt, MsgSignature, TimeStamp, Nonce } = fields.data
  if (signatureOf(account.token, TimeStamp, Nonce, Encrypt) !== MsgSignature) {
    return { ok: false as const, reason: 'bad-signature' }
  }
  return codec.open(Encrypt)
}

const judge = (root: unknown, asked: Asked, account: Account): Verdict => {
  const address = addressed.safeParse(root)
  if (!address.success) return invalid('bad-fields')
  if (address.data.ToUserName !== asked.openid) return invalid('wrong-to-user-name')
  if (address.data.FromUserName !== account.ghId) return invalid('wrong-from-user-name')
  const reply = payload.safeParse(root)
  if (!reply.success) return invalid('bad-payload')
  const { data } = reply
  switch (data.MsgType) {
    case 'text':
      if (data.Content.trim() === '') return invalid('empty-content')
      if (Buffer.byteLength(data.Content) > TEXT_MAX_BYTES) return invalid('too-long')
      return shown('text', data.Content)
    case 'image':
      return shown('image', data.Image.MediaId)
    case 'voice':
      return shown('voice', data.Voice.MediaId)
    case 'video':
      return shown('video', data.Video.MediaId)
    case 'music':
      return shown('music', data.Music.ThumbMediaId)
    case 'news': {
      const articles = [data.Articles.item].flat()
      if (articles.length !== Number(data.ArticleCount)) return invalid('bad-article-count')
      const most = asked.event ? ARTICLES_FOR_EVENT : ARTICLES_FOR_MESSAGE
      return shown(
        'news',
        articles
          .slice(0, most)
          .map((item) => `${item.Title} ${item.Url}`)
          .join('\n'),
      )
    }
    case 'transfer_customer_service':
      // The chat goes to a human agent; the phone shows nothing.
      return { outcome: 'silent' }
  }
}

const shown = (kind: string, text: string): Verdict => ({ outcome: 'reply', message: { kind, text } })
