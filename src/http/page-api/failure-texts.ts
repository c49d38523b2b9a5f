import type { Locale } from '../../conversation/texts.ts'
import type { TurnFailure } from '../../conversation/turn.ts'

type Failed = Exclude<TurnFailure, 'stopped'> | 'deleted'

/** Why a question without an answer was charged: words of it were shown, or too many came to nothing that day. */
export type FailureCharge = 'shown' | 'often' | undefined

type FailureTexts = { [failure in Failed]: string } & {
  /** The same where it was charged; then why, then what to do. */
  charged: { [failure in 'blocked' | 'timed-out' | 'thought-too-long' | 'other']: string }
  why: { [charge in Exclude<FailureCharge, undefined>]: string }
  again: { [failure in 'blocked' | 'thought-too-long' | 'other']: string }
  note: (code: string) => string
}

const AGAIN_ZH = '抱歉，这个问题没能答上来，也没有计入次数。请点「重答」再试一次。'
const AGAIN_EN =
  'Sorry, this question could not be answered; it cost nothing. Choose "retry" to ask it again.'

const TEXTS: { [locale in Locale]: FailureTexts } = {
  'zh-CN': {
    'model-failed': AGAIN_ZH,
    'empty-answer': AGAIN_ZH,
    'gave-up': AGAIN_ZH,
    'no-channel': '现在没有可以用的模型，这个问题没有计入次数。请稍后再问，或换一个模型。',
    'timed-out': '这个问题想得太久了，没能答上来，也没有计入次数。请点「重答」，或把问题拆小一些。',
    'thought-too-long':
      '模型一直在想，想到头也没来得及回答，没有计入次数。请把问题问得短一些、具体一些，或换一个模型。',
    blocked: '这次的回答里有不方便在这里说的词，所以没有给出，也没有计入次数。请换个问法试试。',
    'own-key-failed':
      '这个问题没能用你自己的 KEY 答上来，你在这里的次数也没有动用。请在「我的账号」里检查这个 KEY，或解绑后改用次数。',
    'model-gone': '你选的模型已经不再提供，这个问题没有计入次数。请换一个模型再问。',
    undelivered: '这个回答当时没能送到你的微信，已经作废，次数也退回了。请点「重答」再问一次。',
    deleted: '这个对话已经被删除了。',
    charged: {
      blocked: '这次的回答里有不方便在这里说的词，所以没有给出。',
      'timed-out': '这个问题想得太久了，没能答上来。',
      'thought-too-long': '模型一直在想，想到头也没来得及回答。',
      other: '抱歉，这个问题没能答完。',
    },
    why: {
      shown: '因为已经显示过一部分，这次计入了次数。',
      often: '因为今天没有结果的提问已经很多次了，这次计入了次数；明天起又不计次数了。',
    },
    again: {
      blocked: '请换个问法试试。',
      'thought-too-long': '请把问题问得短一些、具体一些，或换一个模型。',
      other: '请点「重答」再试一次，或把问题拆小一些。',
    },
    note: (code) => `（代码 ${code}）`,
  },
  en: {
    'model-failed': AGAIN_EN,
    'empty-answer': AGAIN_EN,
    'gave-up': AGAIN_EN,
    'no-channel':
      'There is no model to ask now; the question cost nothing. Try later, or choose another model.',
    'timed-out': 'This took too long and was not answered; it cost nothing. Retry, or ask for less at once.',
    'thought-too-long':
      'The model was still thinking when its limit was reached, and had said nothing; it cost nothing. Ask something shorter and more precise, or choose another model.',
    blocked:
      'The answer had words that may not be said here, so it was not given and cost nothing. Ask another way.',
    'own-key-failed':
      'This could not be answered with your own key, and none of your calls were used. Check the key in your account, or unbind it to use your calls.',
    'model-gone':
      'The model you chose is no longer offered; the question cost nothing. Choose another model.',
    undelivered:
      'This answer could not reach you in WeChat and was given up; it cost nothing. Choose "retry" to ask it again.',
    deleted: 'This conversation has been deleted.',
    charged: {
      blocked: 'The answer had words that may not be said here, so it was not given. ',
      'timed-out': 'This took too long and was not answered. ',
      'thought-too-long': 'The model was still thinking when its limit was reached, and had said nothing. ',
      other: 'Sorry, this question could not be answered to its end. ',
    },
    why: {
      shown: 'Some of it had been shown, so it was counted. ',
      often:
        'Many of your questions came to nothing today, so this one was counted; from tomorrow on they are free again. ',
    },
    again: {
      blocked: 'Ask another way.',
      'thought-too-long': 'Ask something shorter and more precise, or choose another model.',
      other: 'Choose "retry" to ask again, or ask for less at once.',
    },
    note: (code) => ` (code ${code})`,
  },
}

/** Why there is no answer, what it cost, and what to do next. */
export const failureTextOf = (
  failure: string,
  refusalCode: string | undefined,
  locale: Locale,
  charge?: FailureCharge,
): string => {
  const texts = TEXTS[locale]
  const text = charge ? chargedText(texts, failure, charge) : freeText(texts, failure)
  return refusalCode === undefined ? text : `${text}${texts.note(refusalCode)}`
}

const freeText = (texts: FailureTexts, failure: string): string =>
  isFailed(failure) ? texts[failure] : texts['gave-up']

const FAILED: readonly string[] = [
  'model-failed',
  'empty-answer',
  'gave-up',
  'no-channel',
  'timed-out',
  'thought-too-long',
  'blocked',
  'own-key-failed',
  'model-gone',
  'undelivered',
  'deleted',
] satisfies Failed[]

const isFailed = (failure: string): failure is Failed => FAILED.includes(failure)

const chargedText = (texts: FailureTexts, failure: string, charge: Exclude<FailureCharge, undefined>) => {
  const what =
    failure === 'blocked' || failure === 'timed-out' || failure === 'thought-too-long' ? failure : 'other'
  const then = what === 'timed-out' ? 'other' : what
  return `${texts.charged[what]}${texts.why[charge]}${texts.again[then]}`
}
