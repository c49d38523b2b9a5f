import { say, type Words } from '../../base/say.ts'
import type { NotedRefusal } from '../../conversation/refusals.ts'
import type { TurnFailure } from '../../conversation/turn.ts'
import type { FailedTurn } from '../../operator/overview.ts'
import { FREE_ENDS_A_DAY } from '../../quota/free-ends.ts'
import { printable } from '../printable.ts'

type Details = NotedRefusal['details']

/** What a rule noted, as a word of a sentence; a figure that an older program did not note is a question mark. */
const said = (details: Details, name: string): string => printable(String(details[name] ?? '?'))

const CARDS: { [why: string]: Words } = {
  forged: {
    zh: '它不是用这里的密钥封装的：伪造的，或者输错了',
    en: 'it was not sealed with the secret of this installation: forged, or mistyped',
  },
  void: { zh: '运营者已经作废了它', en: 'the operator took it back' },
  others: {
    zh: '已经被别人用了（"cards show" 能看到是谁）',
    en: 'somebody else has used it already ("cards show" says who)',
  },
}

/** One sentence for each rule that refuses: what it saw, and what decided. */
const RULES: { [rule in NotedRefusal['rule']]: (details: Details) => Words } = {
  blocked: () => ({
    zh: '这个用户被屏蔽了；"users unblock" 可以解除。',
    en: 'The user is blocked; "users unblock" lifts that.',
  }),
  rate: (details) => ({
    zh:
      `用户一分钟内已经问了 ${said(details, 'perMinute')} 个问题，到了 RATE_PER_MINUTE 的上限，被请求等 ` +
      `${said(details, 'waitSeconds')} 秒。`,
    en:
      `The user had started ${said(details, 'perMinute')} questions within a minute, which RATE_PER_MINUTE allows, and was ` +
      `asked to wait ${said(details, 'waitSeconds')} s.`,
  }),
  words: (details) => ({
    zh: `问题里有敏感词表第 ${said(details, 'line')} 行的「${said(details, 'word')}」。`,
    en: `The question holds the word "${said(details, 'word')}" of line ${said(details, 'line')} of the list of sensitive words.`,
  }),
  'answer-words': (details) => ({
    zh: `模型的回答里有敏感词表第 ${said(details, 'line')} 行的「${said(details, 'word')}」，没有发给用户。`,
    en:
      `The model's answer holds the word "${said(details, 'word')}" of line ${said(details, 'line')} of the list of sensitive ` +
      'words, and was held back.',
  }),
  model: (details) => ({
    zh: `用户选的模型「${said(details, 'model')}」已经没有渠道提供了。`,
    en: `The user had chosen the model "${said(details, 'model')}", which no channel offers any more.`,
  }),
  length: (details) => {
    const model = details.model === undefined ? undefined : said(details, 'model')
    return {
      zh:
        `问题有 ${said(details, 'tokens')} 个 token，${model ? `${model} ` : ''}最多 ${said(details, 'mostTokens')} 个，` +
        '由 channels.yaml 里的 contextTokens 决定。',
      en:
        `The question has ${said(details, 'tokens')} tokens; ${said(details, 'mostTokens')} is the most` +
        `${model ? ` for ${model}` : ''}, which contextTokens in channels.yaml decides.`,
    }
  },
  quota: (details) => {
    const model = details.model === undefined ? undefined : said(details, 'model')
    const price = said(details, 'price')
    return {
      zh: `${model ? `用 ${model} ` : ''}问一个问题要 ${price} 次，用户只剩 ${said(details, 'left')} 次。`,
      en:
        `A question costs ${price} ${price === '1' ? 'call' : 'calls'}${model ? ` with ${model}` : ''}, ` +
        `and the user had ${said(details, 'left')} left.`,
    }
  },
  waiting: (details) => ({
    zh:
      `用户已有 ${said(details, 'waiting')} 个问题没有答完；除了正在答的，最多 ${said(details, 'maxWaiting')} 个` +
      '可以排队。',
    en:
      `${said(details, 'waiting')} questions of the user were unfinished already; beside the one being answered ` +
      `${said(details, 'maxWaiting')} may wait.`,
  }),
  'card-in-text': () => ({
    zh: '问题或名称里有卡密。它没有发给任何模型，也没有保存在任何地方，这里也没有。',
    en: 'The question, or a name, held a card key. It was shown to no model and is kept nowhere, not even here.',
  }),
  'key-in-text': () => ({
    zh: '问题或名称里有像 API Key 的内容。它没有发给任何模型，也没有保存。',
    en: "The question, or a name, held what looks like a provider's API key. It was shown to no model and is kept nowhere.",
  }),
  card: (details) => {
    const why = CARDS[String(details.why)] ?? { zh: said(details, 'why'), en: said(details, 'why') }
    const [batch, serial] = [said(details, 'batch'), said(details, 'serial')]
    const isKnown = details.batch !== undefined
    return {
      zh: `这张卡密${isKnown ? `（批次 ${batch}，序号 ${serial}）` : ''}没有收：${why.zh}。`,
      en: `The card${isKnown ? ` (batch ${batch}, serial ${serial})` : ''} was refused: ${why.en}.`,
    }
  },
}

export const explainRefusal = ({ rule, details }: Pick<NotedRefusal, 'rule' | 'details'>): string =>
  say(
    // Entered by a newer program, it may be none of these.
    rule in RULES
      ? RULES[rule](details)
      : { zh: `被规则「${printable(rule)}」拒绝。`, en: `The rule "${printable(rule)}" refused.` },
  )

const FAILURES: { [failure in TurnFailure]: Words } = {
  'model-failed': {
    zh: '模型还没说话就出错了；日志里有错误。',
    en: 'The model failed before it had said anything; the log has its error.',
  },
  'empty-answer': {
    zh: '模型什么也没说就结束了。',
    en: 'The model ended without having said anything.',
  },
  'timed-out': {
    zh: '到了 TURN_TIMEOUT_MS，模型还什么都没说。',
    en: 'The model had said nothing when TURN_TIMEOUT_MS was over.',
  },
  'thought-too-long': {
    zh: '模型一直在想，用完了 token（channels.yaml 里的 maxTokens），什么也没说。',
    en: 'The model thought until its tokens were used up (maxTokens in channels.yaml), and said nothing.',
  },
  'no-channel': {
    zh: '没有设置模型：请设置 OPENAI_API_KEY 和 OPENAI_MODEL，或者写 channels.yaml。',
    en: 'No model is configured: set OPENAI_API_KEY and OPENAI_MODEL, or write channels.yaml.',
  },
  'gave-up': {
    zh: '回答它的进程一次次中断；日志里有更多。',
    en: 'The process that answered died over it again and again; the log has more.',
  },
  stopped: {
    zh: '用户在回答开始前停止了它。',
    en: 'The user stopped it before a word was said.',
  },
  blocked: {
    zh: '回答里有敏感词，没有发给用户。',
    en: 'The answer held a word of the list of sensitive words, and was held back.',
  },
  'own-key-failed': {
    zh: '用户自己的 API Key 不能用；不会改用运营者的。',
    en: "The user's own key did not work; the operator's is not used in its place.",
  },
  undelivered: {
    zh: '回答有了，但还没让人看到一个字就不得不放弃。',
    en: 'The answer was there, but nobody was shown a word of it before it had to be given up.',
  },
  'model-gone': {
    zh: '问的那个模型已经没有渠道提供了。',
    en: 'The model that was asked is no longer offered by any channel.',
  },
}

const failures = new Map<string, Words>(Object.entries(FAILURES))

/** Why there was an apology in the place of an answer, and what became of the calls. */
export const explainFailure = ({ failure, charge }: Pick<FailedTurn, 'failure' | 'charge'>): string => {
  const why = failures.get(failure) ?? {
    zh: `回答失败：${printable(failure)}。`,
    en: `The answer failed: ${printable(failure)}.`,
  }
  return say({ zh: `${why.zh}${CHARGES[charge].zh}`, en: `${why.en} ${CHARGES[charge].en}` })
}

const CHARGES: { [charge in FailedTurn['charge']]: Words } = {
  none: { zh: '预扣的次数已经退回。', en: 'What was reserved for it was given back.' },
  shown: {
    zh: '次数照扣：网页上已经看到了一部分。',
    en: 'It was charged all the same: some of it had been shown on the page.',
  },
  often: {
    zh: `次数照扣：这个人那天没有结果的问题超过了 ${FREE_ENDS_A_DAY} 个。`,
    en: `It was charged all the same: more than ${FREE_ENDS_A_DAY} of the person's questions came to nothing that day.`,
  },
}
