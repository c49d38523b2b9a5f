import type OpenAI from 'openai'
import type { StreamPart } from '../../llm/channel.ts'
import { type FinishReason, finishReasonOf } from './finish-reason.ts'

/** What a stream of chat completion chunks says, ending with the finish part. `channel`: who says it. */
export async function* partsOf(
  chunks: AsyncIterable<OpenAI.ChatCompletionChunk>,
  channel: string,
): AsyncGenerator<StreamPart> {
  let reason: FinishReason = 'stop'
  let usage: Usage | undefined
  for await (const chunk of chunks) {
    const choice = chunk.choices?.[0]
    if (choice) {
      const reasoning = reasoningOf(choice.delta)
      if (reasoning) yield { type: 'reasoning', text: reasoning }
      if (choice.delta?.content) yield { type: 'text', text: choice.delta.content }
      reason = finishReasonOf(choice.finish_reason) ?? reason
    }
    if (chunk.usage)
      usage = {
        promptTokens: chunk.usage.prompt_tokens ?? 0,
        completionTokens: chunk.usage.completion_tokens ?? 0,
      }
  }
  yield { type: 'finish', reason, channel, ...(usage ? { usage } : {}) }
}

type Usage = NonNullable<Extract<StreamPart, { type: 'finish' }>['usage']>

/** DeepSeek and others say `reasoning_content`, OpenRouter says `reasoning`; neither is in OpenAI's types. */
const reasoningOf = (delta: object | undefined): string => {
  if (!delta) return ''
  const said =
    'reasoning_content' in delta
      ? delta.reasoning_content
      : 'reasoning' in delta
        ? delta.reasoning
        : undefined
  return typeof said === 'string' ? said : ''
}
