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
  /** Stands after what was said when the user stopped the answer. */
  stoppedHere: string
  /** The answer is not there yet, and the account cannot push it. */
  stillThinking: string
  /** Parts of an answer are left; `url` shows all of it. */
  rest: (parts: number, url: string) => string
  /** Parts of an earlier answer wait to be asked for. */
  untold: (parts: number) => string
  nothingHeld: string
  stopping: string
  nothingToStop: string
  nothingToRetry: string
  tooManyWaiting: (max: number) => string
  aiLabel: string
  systemPrompt: string
}

export type Locale = 'zh-CN' | 'en'

/**
 * Tapping it sends `word` as if the user had typed it. Undocumented in plain texts but in wide use; every sentence with
 * one says the word as well.
 */
const link = (word: string, label = word): string =>
  `<a href="weixin://bizmsgmenu?msgmenucontent=${encodeURIComponent(word)}&msgmenuid=1">${label}</a>`

const zhCN: Texts = {
  greeting: '你好，我是应答，一个 AI 助手。直接发文字问我就好；发送「帮助」看看我会什么。',
  help: [
    '直接发文字提问，我会用 AI 来回答，并记得前面聊过的内容。',
    '回答慢的时候请稍等，答好了我会发给你；没看完的，发送「继续」。',
    '发送「停止」停下正在说的，「重答」把上一个问题再答一次，「帮助」再看到这些话。',
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
  cutOff: '（回答到这里中断了。回复「重答」可以重新回答。）',
  stoppedHere: '（已停止）',
  stillThinking: `还在想，请稍等几秒，再回复「继续」查看（点这里${link('继续')}）。`,
  rest: (parts, url) =>
    `还有 ${parts} 段，回复「继续」查看（点这里${link('继续')}，或<a href="${url}">看全文</a>）`,
  untold: (parts) => `之前的回答还有 ${parts} 段，回复「继续」查看（点这里${link('继续')}）`,
  nothingHeld: '没有还没看完的回答。想问什么，直接发给我就好。',
  stopping: '好的，停下了。已经说的会保留。',
  nothingToStop: '现在没有正在进行的回答。',
  nothingToRetry: '还没有可以重答的问题。想问什么，直接发给我就好。',
  tooManyWaiting: (max) => `前面还有 ${max} 个问题在等我回答，请稍等一下再问。这一条没有计入次数。`,
  aiLabel: '（内容由 AI 生成）',
  systemPrompt: '你是微信公众号里的 AI 助手。用提问者的语言回答，准确、简洁，适合在手机上阅读。',
}

const en: Texts = {
  greeting: 'Hello, I am Yingda, an AI assistant. Just type a question; send "help" to see what I can do.',
  help: [
    'Type a question and I will answer it with AI. I remember what we said before.',
    'When an answer takes longer, please wait for it; send "more" for what you have not read yet.',
    'Send "stop" to stop an answer, "retry" to have your last question answered again, "help" to read this again.',
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
  cutOff: '(The answer broke off here. Send "retry" to get a new one.)',
  stoppedHere: '(stopped)',
  stillThinking: `Still thinking. Please wait a few seconds, then send "more" (or tap ${link('more')}).`,
  rest: (parts, url) =>
    `${parts} more ${parts === 1 ? 'part' : 'parts'}: send "more" (or tap ${link('more')}), or <a href="${url}">read it all</a>.`,
  untold: (parts) =>
    `${parts} more ${parts === 1 ? 'part' : 'parts'} of an earlier answer: send "more" (or tap ${link('more')}).`,
  nothingHeld: 'There is no answer left to read. Just type a question.',
  stopping: 'All right, stopped. What was said is kept.',
  nothingToStop: 'No answer is being written right now.',
  nothingToRetry: 'There is no question to answer again yet. Just type one.',
  tooManyWaiting: (max) =>
    `${max} questions of yours are still waiting. Please give me a moment, then ask again. This one was not counted.`,
  aiLabel: '(AI-generated)',
  systemPrompt:
    "You are the AI assistant of a WeChat Official Account. Answer in the asker's language, accurately and briefly, fit to be read on a phone.",
}

const TEXTS: Record<Locale, Texts> = { 'zh-CN': zhCN, en }

export const textsOf = (locale: Locale): Texts => TEXTS[locale]
