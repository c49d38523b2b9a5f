import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import { spend } from './allowance.ts'
import type { Followers } from './followers.ts'
import { TEXT_MAX_BYTES, TYPING_CONTACT_MS, TYPING_MS } from './rules.ts'

const media = z.object({ media_id: z.string().min(1) })
const article = z.object({ title: z.string(), url: z.string() })

const payload = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('text'), text: z.object({ content: z.string() }) }),
  z.object({ msgtype: z.literal('image'), image: media }),
  z.object({ msgtype: z.literal('voice'), voice: media }),
  z.object({ msgtype: z.literal('video'), video: media }),
  z.object({ msgtype: z.literal('music'), music: z.object({ title: z.string(), musicurl: z.string() }) }),
  z.object({ msgtype: z.literal('news'), news: z.object({ articles: z.array(article).min(1) }) }),
  z.object({
    msgtype: z.literal('mpnewsarticle'),
    mpnewsarticle: z.object({ article_id: z.string().min(1) }),
  }),
  z.object({
    msgtype: z.literal('msgmenu'),
    msgmenu: z.object({
      head_content: z.string().optional(),
      list: z.array(z.object({ id: z.union([z.string(), z.number()]), content: z.string() })),
      tail_content: z.string().optional(),
    }),
  }),
  z.object({ msgtype: z.literal('miniprogrampage'), miniprogrampage: z.object({ title: z.string() }) }),
])

const TYPES = payload.options.map((option) => option.shape.msgtype.value as string)

const addressed = z.object({
  touser: z.string(),
  msgtype: z.string(),
  aimsgcontext: z.object({ is_ai_msg: z.number() }).partial().optional(),
})
const typingCall = z.object({ touser: z.string(), command: z.string() })

/** What the phone shows of a message, or the error code of its content. */
const bubbleOf = (message: z.infer<typeof payload>): string | number => {
  switch (message.msgtype) {
    case 'text':
      if (message.text.content === '') return 44004
      return Buffer.byteLength(message.text.content) > TEXT_MAX_BYTES ? 45002 : message.text.content
    case 'image':
      return message.image.media_id
    case 'voice':
      return message.voice.media_id
    case 'video':
      return message.video.media_id
    case 'music':
      return `${message.music.title} ${message.music.musicurl}`
    case 'news':
      if (message.news.articles.length > 1) return 45008
      return message.news.articles.map(({ title, url }) => `${title} ${url}`).join('\n')
    case 'mpnewsarticle':
      return message.mpnewsarticle.article_id
    case 'msgmenu': {
      const { head_content, list, tail_content } = message.msgmenu
      const links = list.map(({ id, content }) => {
        const query = `msgmenucontent=${encodeURIComponent(content)}&msgmenuid=${encodeURIComponent(id)}`
        return `<a href="weixin://bizmsgmenu?${query}">${content}</a>`
      })
      return [head_content, ...links, tail_content].filter((line) => line !== undefined).join('\n')
    }
    case 'miniprogrampage':
      return message.miniprogrampage.title
  }
}

/**
 * Customer-service messages and the typing sign. Both return an error code, 0 when done.
 * Source: https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html
 */
export const createCustomerMessages = (followers: Followers, clock: Clock) => ({
  send(body: unknown): number {
    const address = addressed.safeParse(body)
    if (!address.success) return 47001
    const follower = followers.find(address.data.touser)
    if (!follower) return 40003
    if (!TYPES.includes(address.data.msgtype)) return 40008
    const message = payload.safeParse(body)
    if (!message.success) return 47001
    const text = bubbleOf(message.data)
    if (typeof text === 'number') return text
    if (!follower.following) return 45015
    const spent = spend(follower.grants, clock.now())
    if (!spent.ok) return spent.reason === 'used-up' ? 45047 : 45015
    follower.grants = spent.grants
    follower.typingUntil = Number.NEGATIVE_INFINITY
    const labelled = address.data.aimsgcontext?.is_ai_msg === 1 ? { aiLabel: true as const } : {}
    followers.show(follower.openid, {
      from: 'account',
      kind: message.data.msgtype,
      text,
      via: 'push',
      ...labelled,
    })
    return 0
  },

  /** Counts a message of the user's as contact; a menu click, a follow or a scan is none. */
  typing(body: unknown): number {
    const call = typingCall.safeParse(body)
    if (!call.success) return 47001
    const { touser, command } = call.data
    if (command !== 'Typing' && command !== 'CancelTyping') return 45072
    const follower = followers.find(touser)
    if (!follower) return 40003
    const now = clock.now()
    if (!follower.following || now - follower.lastMessageAt > TYPING_CONTACT_MS) return 45080
    if (command === 'CancelTyping') {
      followers.set(follower, { typingUntil: Number.NEGATIVE_INFINITY })
      return 0
    }
    if (now < follower.typingUntil) return 45081
    followers.set(follower, { typingUntil: now + TYPING_MS })
    return 0
  },
})

export type CustomerMessages = ReturnType<typeof createCustomerMessages>
