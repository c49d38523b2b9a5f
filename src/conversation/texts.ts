import { liveTexts } from './texts/live-texts.ts'

/**
 * Everything the bot says in its own words. Short, kind, with the next step. When each is said stands in texts/keys.ts.
 * A `code` is the refusal code, which the user may read to the operator; empty leaves it out. A `price` is in calls.
 * Days (`until`, `date`) come as they are to be read.
 */
type NoText = 'unsupported' | 'sticker' | 'signs'

export type Texts = {
  greeting: string
  help: string
  /** For what is no text: a picture, a voice message, a place. */
  onlyText: Record<'voice' | 'image' | 'video' | 'location' | 'link' | 'file' | 'empty' | NoText, string>
  /** For words of courtesy; empty: the model is asked. */
  smallTalk: Record<'hello' | 'thanks' | 'nod', string>
  /** `link` sends the word. */
  didYouMean: (word: string, link: string) => string
  /** How the other texts show their code. */
  codeNote: (code: string) => string
  blocked: (code: string) => string
  tooFast: (waitSeconds: number, code: string) => string
  tooManyWaiting: (max: number, code: string) => string
  refusedWords: (code: string) => string
  /** `characters`: how many of them might be asked. */
  questionTooLong: (characters: number, code: string) => string
  noCalls: (price: number, left: number, code: string) => string
  /** Where calls are given every day. */
  noCallsToday: (price: number, left: number, code: string) => string

  apology: (refusalCode: string) => string
  thoughtTooLong: (refusalCode: string) => string
  blockedAnswer: (code: string) => string
  blockedAnswerCharged: (code: string) => string
  /** Why a question without an answer was charged: a line below the apology. */
  chargedShown: string
  chargedOften: string
  /** Stands after what was said when an answer broke off. */
  cutOff: string
  /** Stands after what was said when the model reached its limit. */
  tooLong: string
  /** Stands after what was said when the user stopped the answer. */
  stoppedHere: string
  /** The answer is not there yet, and the account cannot push it. */
  stillThinking: string
  /** Parts of an answer are left; `url` shows all of it. */
  rest: (parts: number, url: string) => string
  /** The same where nobody can open the page. */
  restHere: (parts: number) => string
  /** Parts of an earlier answer wait to be asked for. */
  untold: (parts: number) => string
  nothingHeld: string
  /** Asked of the model for a user who wants more of an answer that is not whole. */
  goOn: string
  stopping: string
  nothingToStop: string
  nothingToRetry: string
  newConversation: string

  /** The first line, then one line for each grant, or the one for an own key. */
  quotaTotal: (remaining: number) => string
  quotaGrant: (kind: string, remaining: number, until: string) => string
  quotaGrantForever: (kind: string, remaining: number) => string
  grantKinds: Record<'trial' | 'daily' | 'card' | 'operator', string>
  quotaOwnKey: (channel: string, tail: string) => string
  quotaNone: string

  redeemHow: string
  redeemed: (calls: number, until: string, remaining: number) => string
  redeemedForever: (calls: number, remaining: number) => string
  redeemedCards: (cards: number, calls: number, remaining: number) => string
  /** What stood beside a card key was no question. */
  restNotAsked: string
  cardSeen: string
  cardMalformed: string
  /** Forged, void, or used by somebody else: told apart by nothing. */
  cardRefused: (code: string) => string
  cardAlreadyYours: (date: string) => string
  cardTooLate: (date: string) => string
  cardTooManyTries: (minutes: number) => string

  bindHow: (channels: string) => string
  bound: (channel: string, tail: string) => string
  bindMalformed: string
  bindTooManyTries: (minutes: number) => string
  bindRefused: string
  bindNoCredit: string
  bindUnreachable: string
  bindUnknownChannel: (channels: string) => string
  bindNotOffered: string
  /** How to bind one is said after it. */
  keySeen: string
  unbound: string
  nothingBound: string
  ownKeyFailed: (code: string) => string

  /** A head, one line for each model, and how to choose. */
  modelsHead: string
  modelLine: (name: string, price: number) => string
  modelLineChosen: (name: string, price: number) => string
  modelsHow: string
  modelsNone: string
  modelChosen: (name: string, price: number) => string
  modelUnknown: (name: string) => string
  modelGone: (name: string, code: string) => string

  /** 「登录」 where nobody can open the page. */
  pageNotOpen: string
  loginCode: (digits: string, minutes: number, page: string) => string
  /** Stands below a code that is for one browser: who asked for it, and when. */
  loginDevice: (device: string, time: string) => string
  unknownDevice: string
  loginExpired: string
  /** 「登录 42」 of a page that no longer waits for it. */
  loginMarkOver: (mark: string) => string

  /** Browsers and times of day, with commas between. */
  loggedIn: (devices: string) => string
  loggedOut: (sessions: number) => string
  nowhereLoggedIn: string

  forgetAsk: string
  forgotten: string
  forgetNothing: string
  forgetTooLate: string
  /** An answer that is no confirmation. */
  forgetKept: string
  /** Before the reply to whatever came in the place of a confirmation. */
  dataKept: string

  aiLabel: string
  systemPrompt: string
}

export type Locale = 'zh-CN' | 'en'

const TEXTS: Record<Locale, Texts> = {
  'zh-CN': liveTexts(() => ({}), 'zh-CN'),
  en: liveTexts(() => ({}), 'en'),
}

/** The texts as they are shipped. */
export const textsOf = (locale: Locale): Texts => TEXTS[locale]
