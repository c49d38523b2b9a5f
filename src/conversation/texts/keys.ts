import { PART_MAX_BYTES, TAIL_MAX_BYTES } from '../message-sizes.ts'
import { byteLength } from '../split-text.ts'
import type { Texts } from '../texts.ts'

/** What may stand in braces: its meaning, and the longest value to be expected, by which sizes are judged. */
export const PLACEHOLDERS = {
  seconds: { about: 'seconds to wait', longest: 60 },
  minutes: { about: 'minutes', longest: 60 },
  code: { about: 'the refusal code, as `codeNote` words it', longest: 'ABCD2345' },
  parts: { about: 'parts left to read', longest: 99 },
  url: {
    about: 'address of the page with the whole answer',
    longest: `https://${'example.'.repeat(20)}com/`,
  },
  max: { about: 'questions that are waiting', longest: 99 },
  characters: { about: 'characters that a question may have, roughly', longest: 20_000 },
  price: { about: 'calls that one question takes', longest: 10_000 },
  left: { about: 'calls the user has left', longest: 1_000_000 },
  remaining: { about: 'calls left', longest: 1_000_000 },
  calls: { about: 'calls on the card', longest: 1_000_000 },
  cards: { about: 'card keys that were redeemed', longest: 99 },
  word: { about: 'the word of a command', longest: '删除我的数据' },
  link: {
    about: 'a link that sends it',
    longest: `<a href="weixin://bizmsgmenu?msgmenucontent=${'%E5%88%A0'.repeat(6)}&msgmenuid=1">删除我的数据</a>`,
  },
  kind: { about: 'where calls come from, one of `grantKinds`', longest: '赠'.repeat(20) },
  until: { about: 'last day on which calls can be used', longest: '2026-12-31 23:59' },
  date: { about: 'a day', longest: '2026-12-31 23:59' },
  channel: { about: "a channel's code", longest: 'c'.repeat(64) },
  channels: { about: "channels' codes", longest: 'channel-code, '.repeat(30) },
  tail: { about: 'last 4 characters of the key', longest: 'wxyz' },
  name: { about: "a model's name", longest: 'm'.repeat(128) },
  digits: { about: 'the digits to log in with', longest: '12345678' },
  device: { about: 'a browser and its system', longest: 'Samsung Internet · HarmonyOS' },
  devices: {
    about: 'browsers that logged in, and when',
    longest: 'Samsung Internet · HarmonyOS 23:59, '.repeat(3),
  },
  sessions: { about: 'logins on the page', longest: 50 },
  time: { about: 'time of day in Shanghai', longest: '23:59' },
  mark: { about: 'the digits that the page shows', longest: '12345' },
  page: { about: 'address of the page, `PUBLIC_URL`', longest: `https://${'example.'.repeat(20)}com` },
} as const satisfies { [name: string]: { about: string; longest: string | number } }

export type PlaceholderName = keyof typeof PLACEHOLDERS

type Group = { [K in keyof Texts]: Texts[K] extends { [part: string]: string } ? K : never }[keyof Texts]

/** A text's name; one in a group has the group's before it: `onlyText.voice`. */
export type TextKey = Exclude<keyof Texts, Group> | { [G in Group]: `${G}.${keyof Texts[G] & string}` }[Group]

/** The placeholders a text takes, in the order of its function's arguments. */
type Takes<T> = T extends (...values: infer V extends (string | number)[]) => string
  ? { readonly [I in keyof V]: NameFor<V[I]> }
  : readonly []
type NameFor<V> = {
  [N in PlaceholderName]: (typeof PLACEHOLDERS)[N]['longest'] extends V ? N : never
}[PlaceholderName]

export type TextSpec<T extends readonly PlaceholderName[] = readonly PlaceholderName[]> = {
  /** When it is said. */
  when: string
  takes: T
  /** What every wording has to keep. */
  must: readonly PlaceholderName[]
  /** Of the text when its placeholders are filled, UTF-8. */
  maxBytes: number
  /** Links would not be shown. */
  plain: boolean
  /** Empty: nothing is said, and the model is asked. */
  mayBeEmpty: boolean
}

type Limits = Partial<Pick<TextSpec, 'maxBytes' | 'plain' | 'mayBeEmpty'>>

/** Stands after a part, with an empty line between. */
const TAIL: Limits = { maxBytes: TAIL_MAX_BYTES - byteLength('\n\n') }
/** One of several lines of a message. */
const LINE: Limits = { maxBytes: 300 }
/** Part of another text. */
const PIECE: Limits = { maxBytes: 60, plain: true }
const PLAIN: Limits = { plain: true }
/** In the place of an answer of the model. */
const ASKABLE: Limits = { mayBeEmpty: true }

const said = (when: string, limits: Limits = {}): TextSpec<readonly []> => ({
  when,
  takes: [],
  must: [],
  maxBytes: PART_MAX_BYTES,
  plain: false,
  mayBeEmpty: false,
  ...limits,
})

const filled = <const T extends readonly PlaceholderName[]>(
  when: string,
  takes: T,
  must: readonly T[number][] = [],
  limits: Limits = {},
): TextSpec<T> => ({
  ...said(when, limits),
  takes,
  // A user who cannot read it out cannot be helped.
  must: takes.filter((name) => name === 'code' || must.includes(name)),
})

/** Every text there is, in the order the operator's page shows them. */
export const KEYS = {
  greeting: said('to whoever follows the account'),
  help: said('「帮助」 `help`', { maxBytes: 1200 }),
  'onlyText.voice': said('a voice message that WeChat did not recognise'),
  'onlyText.image': said('a picture'),
  'onlyText.video': said('a video'),
  'onlyText.location': said('a place'),
  'onlyText.link': said('a shared link'),
  'onlyText.file': said('a file'),
  'onlyText.empty': said('a text without any'),
  'onlyText.unsupported': said('what WeChat passes on as 「收到不支持的消息类型」', ASKABLE),
  'onlyText.sticker': said('emoji or stickers and nothing else', ASKABLE),
  'onlyText.signs': said('punctuation and nothing else', ASKABLE),
  'smallTalk.hello': said('「你好」, 「在吗」, `hi`', ASKABLE),
  'smallTalk.thanks': said('「谢谢」, `thanks`', ASKABLE),
  'smallTalk.nod': said('「好的」, 「666」, `ok`', ASKABLE),
  didYouMean: filled('a short text that is nearly a command; not counted', ['word', 'link'], ['link']),

  codeNote: filled('stands for `{code}` in the other texts', ['code'], [], { maxBytes: 100, plain: true }),
  blocked: filled('a question of a blocked user', ['code']),
  tooFast: filled('more questions in a minute than `RATE_PER_MINUTE`', ['seconds', 'code']),
  tooManyWaiting: filled('too many questions of this user wait for an answer', ['max', 'code']),
  refusedWords: filled('a question with a word of `WORDS_FILE`', ['code']),
  questionTooLong: filled('a question longer than its model may be asked', ['characters', 'code']),
  noCalls: filled('fewer calls left than the question takes', ['price', 'left', 'code']),
  noCallsToday: filled('the same, where `DAILY_CALLS` gives new ones tomorrow', ['price', 'left', 'code']),

  apology: filled('a question that could not be answered', ['code']),
  thoughtTooLong: filled('a question over which the model thought until it had to stop', ['code']),
  blockedAnswer: filled('an answer with a word of `WORDS_FILE`; not counted', ['code']),
  blockedAnswerCharged: filled('the same, counted; one of the next two follows', ['code']),
  chargedShown: said(
    'below an apology: the question is counted, as some of the answer was read on the page',
    LINE,
  ),
  chargedOften: said('below an apology: the question is counted, as too many came to nothing today', LINE),
  cutOff: said('after an answer that broke off', PLAIN),
  tooLong: said('after an answer that reached the length limit of the model', PLAIN),
  stoppedHere: said('after an answer that the user stopped', PLAIN),
  stillThinking: said('the answer is not there yet, and the account may not push it'),
  rest: filled('after a part of an answer, when more are left', ['parts', 'url'], ['parts', 'url'], TAIL),
  restHere: filled('the same while `PUBLIC_URL` is not set', ['parts'], ['parts'], TAIL),
  untold: filled('after an answer, when parts of an earlier one are left', ['parts'], ['parts'], TAIL),
  nothingHeld: said('「继续」 `more`, nothing is left to read, and the last answer is whole'),
  goOn: said('not said: what the model is asked by 「继续」 when its last answer is not whole', PLAIN),
  stopping: said('「停止」 `stop`'),
  nothingToStop: said('the same, and no answer is being written'),
  nothingToRetry: said('「重答」 `retry`, and there is no question'),
  newConversation: said('「新对话」 `new`'),

  quotaTotal: filled('「额度」 `quota`, first line', ['remaining'], ['remaining'], LINE),
  quotaGrant: filled(
    'a line for each grant that ends',
    ['kind', 'remaining', 'until'],
    ['remaining', 'until'],
    LINE,
  ),
  quotaGrantForever: filled(
    'a line for each grant that does not end',
    ['kind', 'remaining'],
    ['remaining'],
    LINE,
  ),
  'grantKinds.trial': said('`{kind}` of `TRIAL_CALLS`', PIECE),
  'grantKinds.daily': said('`{kind}` of `DAILY_CALLS`', PIECE),
  'grantKinds.card': said('`{kind}` of a card key', PIECE),
  'grantKinds.operator': said('`{kind}` of what you granted', PIECE),
  quotaOwnKey: filled(
    'a line for whoever uses a key of their own, which costs no calls',
    ['channel', 'tail'],
    ['tail'],
    LINE,
  ),
  quotaNone: said('「额度」 `quota`, and no calls are left'),

  redeemHow: said('「兑换」 `redeem` without a card key'),
  redeemed: filled('a card key is redeemed', ['calls', 'until', 'remaining'], ['calls', 'until']),
  redeemedForever: filled('the same, and its calls do not end', ['calls', 'remaining'], ['calls']),
  redeemedCards: filled(
    'several card keys in one message are redeemed',
    ['cards', 'calls', 'remaining'],
    ['cards', 'calls'],
  ),
  restNotAsked: said('after the words for a card key that stood among other words', LINE),
  cardSeen: said('a question with a card key in it; the key goes to no model'),
  cardMalformed: said('what looks like a card key, but is not whole'),
  cardRefused: filled('a card key that is forged, void or used by somebody else', ['code']),
  cardAlreadyYours: filled('a card key that this user redeemed before', ['date']),
  cardTooLate: filled('a card key after its redeem-by date', ['date']),
  cardTooManyTries: filled('too many wrong card keys', ['minutes']),

  bindHow: filled('「绑定」 `bind` without a key', ['channels'], ['channels']),
  bound: filled('a key is bound', ['channel', 'tail'], ['tail']),
  bindMalformed: said('what cannot be a key'),
  bindTooManyTries: filled('too many wrong keys', ['minutes']),
  bindRefused: said('the provider does not accept the key'),
  bindNoCredit: said('the provider accepts the key, but has no credit for it'),
  bindUnreachable: said('the key could not be tried'),
  bindUnknownChannel: filled('a key for a channel that takes none', ['channels'], ['channels']),
  bindNotOffered: said('no channel takes keys of users'),
  keySeen: said('a text with a key in it that is not to be bound; how to bind one is said after it', {
    maxBytes: 600,
  }),
  unbound: said('「解绑」 `unbind`'),
  nothingBound: said('the same, and no key is bound'),
  ownKeyFailed: filled("a question that the user's own key could not have answered", ['code']),

  modelsHead: said('「模型」 `model`, first line', LINE),
  modelLine: filled('a line for each model', ['name', 'price'], ['name', 'price'], LINE),
  modelLineChosen: filled('the line of the model in use', ['name', 'price'], ['name', 'price'], LINE),
  modelsHow: said('last line, how to choose', LINE),
  modelsNone: said('there is no model at all'),
  modelChosen: filled('a model is chosen', ['name', 'price'], ['name']),
  modelUnknown: filled('a model that is not offered', ['name']),
  modelGone: filled('a question for a chosen model that is no longer offered', ['name', 'code']),

  pageNotOpen: said('「登录」 `login`, while `PUBLIC_URL` is not set'),
  loginCode: filled(
    '「登录」 `login`, or the QR code of the page was scanned',
    ['digits', 'minutes', 'page'],
    ['digits', 'page'],
  ),
  loginDevice: filled('below a code that is for one browser alone', ['device', 'time'], ['device']),
  unknownDevice: said('`{device}` of a browser that does not say what it is', PIECE),
  loginExpired: said('a QR code of the page that was scanned too late; has to say 「登录」 or `login`'),
  loginMarkOver: filled('「登录」 with digits that no page waits for any more', ['mark']),

  loggedIn: filled('a browser was logged in; has to say 「退出登录」 or `logout`', ['devices'], ['devices'], {
    maxBytes: 600,
  }),
  loggedOut: filled('「退出登录」 `logout`', ['sessions']),
  nowhereLoggedIn: said('the same, and no browser is logged in'),

  forgetAsk: said('「删除我的数据」 `forget me`; has to say 「确认删除」 or `confirm delete`'),
  forgotten: said('the data of the user is erased'),
  forgetNothing: said('there is nothing to erase'),
  forgetTooLate: said('the confirmation came too late, nothing is erased'),

  forgetKept: said('after `forgetAsk`: 「是」, 「取消」 or another answer that is not 「确认删除」'),
  dataKept: said('after `forgetAsk`: before the reply to anything else', LINE),

  aiLabel: said('after every answer, unless `AI_LABEL` is off', TAIL),
  systemPrompt: said('not said: what the model is told before a conversation', PLAIN),
} satisfies { [K in TextKey]: TextSpec<K extends keyof Texts ? Takes<Texts[K]> : readonly []> }

/** One wording for every text. */
export type Wording = { readonly [K in TextKey]: string }
