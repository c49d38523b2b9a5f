import type { NotedRefusal } from '../../conversation/refusals.ts'
import type { TurnFailure } from '../../conversation/turn.ts'
import type { FailedTurn } from '../../operator/overview.ts'
import { FREE_ENDS_A_DAY } from '../../quota/free-ends.ts'
import { printable } from '../printable.ts'

type Details = NotedRefusal['details']

/** What a rule noted, as a word of a sentence; a figure that an older program did not note is a question mark. */
const said = (details: Details, name: string): string => printable(String(details[name] ?? '?'))

const CARDS: { [why: string]: string } = {
  forged: 'it was not sealed with the secret of this installation: forged, or mistyped',
  void: 'the operator took it back',
  others: 'somebody else has used it already ("cards show" says who)',
}

/** One sentence for each rule that refuses: what it saw, and what decided. */
const RULES: { [rule in NotedRefusal['rule']]: (details: Details) => string } = {
  blocked: () => 'The user is blocked; "users unblock" lifts that.',
  rate: (details) =>
    `The user had started ${said(details, 'perMinute')} questions within a minute, which RATE_PER_MINUTE allows, and was ` +
    `asked to wait ${said(details, 'waitSeconds')} s.`,
  words: (details) =>
    `The question holds the word "${said(details, 'word')}" of line ${said(details, 'line')} of the list of sensitive words.`,
  'answer-words': (details) =>
    `The model's answer holds the word "${said(details, 'word')}" of line ${said(details, 'line')} of the list of sensitive ` +
    'words, and was held back.',
  model: (details) =>
    `The user had chosen the model "${said(details, 'model')}", which no channel offers any more.`,
  length: (details) =>
    `The question has ${said(details, 'tokens')} tokens; ${said(details, 'mostTokens')} is the most` +
    `${details.model === undefined ? '' : ` for ${said(details, 'model')}`}, which contextTokens in channels.yaml decides.`,
  quota: (details) =>
    `A question costs ${said(details, 'price')} calls${details.model === undefined ? '' : ` with ${said(details, 'model')}`}, ` +
    `and the user had ${said(details, 'left')} left.`,
  waiting: (details) =>
    `${said(details, 'waiting')} questions of the user were unfinished already; beside the one being answered ` +
    `${said(details, 'maxWaiting')} may wait.`,
  'card-in-text': () =>
    'The question, or a name, held a card key. It was shown to no model and is kept nowhere, not even here.',
  'key-in-text': () =>
    "The question, or a name, held what looks like a provider's API key. It was shown to no model and is kept nowhere.",
  card: (details) => {
    const which =
      details.batch === undefined
        ? ''
        : ` (batch ${said(details, 'batch')}, serial ${said(details, 'serial')})`
    return `The card${which} was refused: ${CARDS[String(details.why)] ?? said(details, 'why')}.`
  },
}

export const explainRefusal = ({ rule, details }: Pick<NotedRefusal, 'rule' | 'details'>): string =>
  // Entered by a newer program, it may be none of these.
  rule in RULES ? RULES[rule](details) : `The rule "${printable(rule)}" refused.`

const FAILURES: { [failure in TurnFailure]: string } = {
  'model-failed': 'The model failed before it had said anything; the log has its error.',
  'empty-answer': 'The model ended without having said anything.',
  'timed-out': 'The model had said nothing when TURN_TIMEOUT_MS was over.',
  'thought-too-long':
    'The model thought until its tokens were used up (maxTokens in channels.yaml), and said nothing.',
  'no-channel': 'No model is configured: set OPENAI_API_KEY and OPENAI_MODEL, or write channels.yaml.',
  'gave-up': 'The process that answered died over it again and again; the log has more.',
  stopped: 'The user stopped it before a word was said.',
  blocked: 'The answer held a word of the list of sensitive words, and was held back.',
  'own-key-failed': "The user's own key did not work; the operator's is not used in its place.",
  undelivered: 'The answer was there, but nobody was shown a word of it before it had to be given up.',
  'model-gone': 'The model that was asked is no longer offered by any channel.',
}

const failures = new Map<string, string>(Object.entries(FAILURES))

/** Why there was an apology in the place of an answer, and what became of the calls. */
export const explainFailure = ({ failure, charge }: Pick<FailedTurn, 'failure' | 'charge'>): string =>
  `${failures.get(failure) ?? `The answer failed: ${printable(failure)}.`} ${CHARGES[charge]}`

const CHARGES: { [charge in FailedTurn['charge']]: string } = {
  none: 'What was reserved for it was given back.',
  shown: 'It was charged all the same: some of it had been shown on the page.',
  often: `It was charged all the same: more than ${FREE_ENDS_A_DAY} of the person's questions came to nothing that day.`,
}
