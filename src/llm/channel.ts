/** A message of the prompt. */
export type PromptMessage = { role: 'system' | 'user' | 'assistant'; content: string }

export type Usage = { promptTokens: number; completionTokens: number }

/** stop: whole · the others: cut, by the token limit, by a filter, or by whatever else broke it off. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'broken-off'

/** A stream as a union of parts. Reasoning has a part of its own so that it can never be mistaken for the answer. */
export type StreamPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | {
      type: 'finish'
      reason: FinishReason
      usage?: Usage
      /** Code of the channel that answered. */
      channel?: string
    }

export type ChannelRequest = {
  /** By the name that users see; the channel knows what the provider calls it. */
  model: string
  messages: PromptMessage[]
  signal: AbortSignal
  /** Nobody else stands ready: a channel may try once more by itself when the provider stumbles. */
  mayRetry?: boolean
  safetyId?: string
}

/** One way to a model provider. Errors are thrown as `ChannelError` (base/channel-error.ts). */
export type Channel = {
  code: string
  stream(request: ChannelRequest): AsyncIterable<StreamPart>
}
