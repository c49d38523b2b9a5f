/** Everything the bot says in its own words. Short, kind, with the next step. */
export type Texts = {
  greeting: string
  help: string
  /** For what is no text: a picture, a voice message, a place. */
  onlyText: Record<'voice' | 'image' | 'video' | 'location' | 'link' | 'file' | 'empty', string>
  tooFast: (waitSeconds: number) => string
  apology: (refusalCode: string) => string
  /** Stands after what was said when an answer broke off. */
  cutOff: string
  aiLabel: string
  systemPrompt: string
}

export type Locale = 'zh-CN' | 'en'

const zhCN: Texts = {
  greeting: '你好，我是应答，一个 AI 助手。直接发文字问我就好；发送「帮助」看看我会什么。',
  help: [
    '直接发文字提问，我会用 AI 来回答，并记得前面聊过的内容。',
    '回答慢的时候请稍等，答好了我会马上发给你。',
    '发送「帮助」可以再看到这些话。',
  ].join('\n'),
  onlyText: {
    voice: '语音我还听不懂。请把想问的打成文字发给我。',
    image: '图片我还看不懂。请用文字告诉我你想问什么。',
    video: '视频我还看不懂。请用文字告诉我你想问什么。',
    location: '收到你的位置了，不过我只会回答文字问题。想问什么，请打字告诉我。',
    link: '链接我还打不开。请把想问的内容用文字发给我。',
    file: '文件我还读不了。请把想问的内容用文字发给我。',
    empty: '我没有收到文字。想问什么，请打字告诉我。',
  },
  tooFast: (waitSeconds) => `你问得有点快，请过 ${waitSeconds} 秒再试。`,
  apology: (refusalCode) => `抱歉，这个问题我没能答上来。请稍后再问一次。（代码 ${refusalCode}）`,
  cutOff: '（回答到这里中断了。再问一次可以重新回答。）',
  aiLabel: '（内容由 AI 生成）',
  systemPrompt: '你是微信公众号里的 AI 助手。用提问者的语言回答，准确、简洁，适合在手机上阅读。',
}

const en: Texts = {
  greeting: 'Hello, I am Yingda, an AI assistant. Just type a question; send "help" to see what I can do.',
  help: [
    'Type a question and I will answer it with AI. I remember what we said before.',
    'When an answer takes longer, please wait: it will come to you here.',
    'Send "help" to read this again.',
  ].join('\n'),
  onlyText: {
    voice: 'I cannot understand voice messages yet. Please type your question.',
    image: 'I cannot see pictures yet. Please type what you would like to ask.',
    video: 'I cannot watch videos yet. Please type what you would like to ask.',
    location: 'Thank you for the place, but I only answer text. Please type what you would like to ask.',
    link: 'I cannot open links yet. Please type what you would like to ask.',
    file: 'I cannot read files yet. Please type what you would like to ask.',
    empty: 'There was no text in your message. Please type what you would like to ask.',
  },
  tooFast: (waitSeconds) => `That was a little fast. Please try again in ${waitSeconds} s.`,
  apology: (refusalCode) =>
    `Sorry, I could not answer this one. Please ask again in a moment. (code ${refusalCode})`,
  cutOff: '(The answer broke off here. Ask again to get a new one.)',
  aiLabel: '(AI-generated)',
  systemPrompt:
    "You are the AI assistant of a WeChat Official Account. Answer in the asker's language, accurately and briefly, fit to be read on a phone.",
}

const TEXTS: Record<Locale, Texts> = { 'zh-CN': zhCN, en }

export const textsOf = (locale: Locale): Texts => TEXTS[locale]
