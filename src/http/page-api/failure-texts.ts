import type { Locale } from '../../conversation/texts.ts'
import type { TurnFailure } from '../../conversation/turn.ts'

type Failed = Exclude<TurnFailure, 'stopped'> | 'deleted'

const AGAIN_ZH = '抱歉，这个问题没能答上来，也没有计入次数。请点「重答」再试一次。'
const AGAIN_EN =
  'Sorry, this question could not be answered; it cost nothing. Choose "retry" to ask it again.'

const TEXTS: { [locale in Locale]: { [failure in Failed]: string } & { note: (code: string) => string } } = {
  'zh-CN': {
    'model-failed': AGAIN_ZH,
    'empty-answer': AGAIN_ZH,
    'gave-up': AGAIN_ZH,
    'no-channel': '现在没有可以用的模型，这个问题没有计入次数。请稍后再问，或换一个模型。',
    'timed-out': '这个问题想得太久了，没能答上来，也没有计入次数。请点「重答」，或把问题拆小一些。',
    blocked: '这次的回答里有不方便在这里说的词，所以没有给出，也没有计入次数。请换个问法试试。',
    'own-key-failed':
      '这个问题没能用你自己的 KEY 答上来，你在这里的次数也没有动用。请在「我的账号」里检查这个 KEY，或解绑后改用次数。',
    'model-gone': '你选的模型已经不再提供，这个问题没有计入次数。请换一个模型再问。',
    deleted: '这个对话已经被删除了。',
    note: (code) => `（代码 ${code}）`,
  },
  en: {
    'model-failed': AGAIN_EN,
    'empty-answer': AGAIN_EN,
    'gave-up': AGAIN_EN,
    'no-channel':
      'There is no model to ask now; the question cost nothing. Try later, or choose another model.',
    'timed-out': 'This took too long and was not answered; it cost nothing. Retry, or ask for less at once.',
    blocked:
      'The answer had words that may not be said here, so it was not given and cost nothing. Ask another way.',
    'own-key-failed':
      'This could not be answered with your own key, and none of your calls were used. Check the key in your account, or unbind it to use your calls.',
    'model-gone':
      'The model you chose is no longer offered; the question cost nothing. Choose another model.',
    deleted: 'This conversation has been deleted.',
    note: (code) => ` (code ${code})`,
  },
}

/** Why there is no answer, and what to do next. */
export const failureTextOf = (failure: string, refusalCode: string | undefined, locale: Locale): string => {
  const { note, ...texts } = TEXTS[locale]
  const text = failure in texts ? texts[failure as Failed] : texts['gave-up']
  return refusalCode === undefined ? text : `${text}${note(refusalCode)}`
}
