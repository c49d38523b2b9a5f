import type { FinishReason } from '../../llm/channel.ts'

/** Compared in small letters, with nothing but letters in them: `MAX_TOKENS`, `max-tokens` and `maxTokens` are one. */
const MEANINGS: readonly [RegExp, FinishReason][] = [
  // length, max_tokens, model_length, max_output_tokens, model_context_window_exceeded, token_limit, truncated
  [
    /length|max|tokenlimit|tokensexceeded|contextwindow|contextexceed|exceedcontext|outoftokens|budgetexceed|^limit(?:reached)?$|truncat/,
    'length',
  ],
  // content_filter, SAFETY, sensitive, RECITATION, PROHIBITED_CONTENT, BLOCKLIST, SPII, risk_control, refusal, guardrail
  [
    /filter|safety|sensitive|recitation|prohibit|block|spii|risk|moderat|refus|guardrail|violat|censor|inspection|policy/,
    'content-filter',
  ],
  // insufficient_system_resource, network_error, abort, cancelled, overloaded, pause_turn, incomplete, MALFORMED_…
  [
    /insufficient|resource|error|fail|abort|cancel|interrupt|timeout|timedout|overload|unavailable|network|incomplete|pause|malformed|repetition|disconnect|expired|preempt|shutdown|killed|ratelimit/,
    'broken-off',
  ],
]

/**
 * What a provider's word for the end means. Whatever is neither a limit, nor a filter, nor a fault is one more word for
 * "finished": stop, end_turn, eos, STOP, complete, tool_calls. Undefined for what says nothing: '', 'null'.
 */
export const finishReasonOf = (said: unknown): FinishReason | undefined => {
  if (typeof said !== 'string') return undefined
  const word = said
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z]/g, '')
  if (word === '' || word === 'null' || word === 'none' || word === 'undefined') return undefined
  return MEANINGS.find(([words]) => words.test(word))?.[1] ?? 'stop'
}
