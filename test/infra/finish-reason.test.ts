import { expect, test } from '@jest/globals'
import { finishReasonOf } from '../../src/infra/llm/finish-reason.ts'

test.each([
  [
    'stop',
    'stop end_turn eos eos_token EOS STOP FINISH_REASON_STOP stop_sequence complete COMPLETE completed done',
  ],
  ['stop', 'tool_calls function_call tool_use finished success normal something-new'],
  ['broken-off', 'engine_shutdown killed rate_limited'],
  [
    'length',
    'length max_tokens MAX_TOKENS model_length max_output_tokens maxLength token_limit truncated limit out_of_tokens context_exceeded',
  ],
  ['length', 'model_context_window_exceeded FINISH_REASON_MAX_TOKENS ERROR_LIMIT_MAX_TOKENS'],
  [
    'content-filter',
    'content_filter SAFETY sensitive RECITATION risk_control PROHIBITED_CONTENT BLOCKLIST SPII',
  ],
  ['content-filter', 'refusal guardrail_intervened content-filtered moderation IMAGE_SAFETY'],
  [
    'broken-off',
    'insufficient_system_resource network_error error ERROR abort cancelled incomplete pause_turn',
  ],
  ['broken-off', 'MALFORMED_FUNCTION_CALL timeout overloaded USER_CANCEL'],
] as const)('%s is said as %s', (meaning, words) => {
  for (const word of words.split(' ')) expect([word, finishReasonOf(word)]).toEqual([word, meaning])
})

test.each([null, undefined, '', 'null', 'NULL', 'None', 1, {}, ['stop']])('%j says nothing', (said) => {
  expect(finishReasonOf(said)).toBeUndefined()
})
