import { bareText } from './bare-text.ts'

/**
 * What a short text is that asks nothing: `unsupported` stands for something that WeChat cannot pass on, `sticker` is made of
 * emoji or of WeChat's codes for its own, `signs` of punctuation; `hello`, `thanks` and `nod` are words of courtesy.
 */
export type NoQuestion = 'unsupported' | 'sticker' | 'signs' | 'hello' | 'thanks' | 'nod'

const MAX_CHARS = 80

export const noQuestionIn = (text: string): NoQuestion | undefined => {
  if (text.length > MAX_CHARS) return undefined
  const plain = text.normalize('NFKC').trim()
  if (UNSUPPORTED.some((pattern) => pattern.test(plain))) return 'unsupported'
  if (STICKERS.test(plain) || EMOJI.test(plain)) return 'sticker'
  if (SIGNS.test(plain)) return 'signs'
  const bare = bareText(text)
  if (HELLO.test(bare)) return 'hello'
  if (THANKS.test(bare)) return 'thanks'
  return NOD.test(bare) ? 'nod' : undefined
}

/** WeChat's own words in the place of a sticker, in all the ways its clients and servers have them. */
const UNSUPPORTED = [
  /^[[【(]?\s*(?:收到)?(?:一条|一個|一个)?(?:暂|暫)?不(?:支持|支援)的?(?:消息|訊息|信息)(?:类型|類型|格式)?[^?？]{0,30}[\]】)]?[。.]?$/,
  /^[[【(]\s*(?:该|該|此|这)?(?:类型的?)?(?:消息|訊息|信息)(?:类型|類型)?[^\]】)?？]{0,8}(?:无法|無法|不能|不支持|不支援)[^\]】)?？]{0,12}[\]】)]$/,
  /^[[【(]\s*(?:un|not )supported(?: message| msg)?(?: type| format)?[^\]】)?]{0,40}[\]】)]$/i,
  /^[[【(]\s*(?:this )?(?:message|msg)(?: type)?[^\]】)?]{0,12}(?:unsupported|not supported|cannot be displayed)[^\]】)?]{0,30}[\]】)]$/i,
  /^[[【(][^\]】)?？]{0,30}(?:请在手机|請在手機|在手机上查看|请升级|请更新|当前版本|最新版)[^\]】)?？]{0,24}[\]】)]$/,
  /^[[【(](?:图片|圖片|语音|語音|视频|視頻|文件|位置|名片|动画表情|動畫表情|表情|贴纸|貼圖|sticker|photo|image|voice|video)[\]】)]$/i,
]
/** `[微笑]`, `[Smile]`, and the older `/::)`, any number of them; a code ends where the next begins, in one way only. */
const STICKERS = /^(?:(?:\[(?:\p{Script=Han}{1,4}|[A-Z][A-Za-z]{1,11})\]|\/:[^\s/\p{Script=Han}]{1,9})\s*)+$/u
const EMOJI =
  /^(?=.*\p{Extended_Pictographic}|.*\p{Regional_Indicator})(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0e\ufe0f\u20e3\u{e0020}-\u{e007f}\s])+$/u
/** Not those of mathematics and money, whose name may be what is asked for; a single question mark is a command. */
const SIGNS = /^[\p{P}\p{Sk}~|\s]+$/u

const HELLO =
  /^(?:你好|您好|你们好|大家好|哈喽|哈啰|哈罗|嗨|嘿|喂|在吗|在么|在不在|有人吗|早|早安|早上好|上午好|中午好|下午好|晚上好|晚安|你好(?:呀|啊)|hi|hello|hey|hi there|good (?:morning|afternoon|evening|night))$/
const THANKS =
  /^(?:谢谢|谢谢你|谢谢您|非常感谢|十分感谢|感谢|多谢|谢了|谢啦|辛苦了|辛苦|麻烦了|thanks?|thank you|thx|ty|3q|many thanks|thanks a lot)(?:啦|了|哈|呀|啊)?$/
const NOD =
  /^(?:好|好的|好吧|好哒|嗯+|哦+|噢|收到|明白|明白了|知道了|懂了|了解|了解了|不错|很好|真棒|厉害|牛|哈+|呵+|嘿嘿|嘻嘻|6{2,}|2?3{2,}|8{2,}|ok|okay|got it|i see|great|good|nice|cool|lol|haha+|bye|再见|拜拜)$/
