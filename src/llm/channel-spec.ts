/** A model as one channel offers it. */
export type ModelSpec = {
  /** What the provider calls it. */
  upstream: string
  /** Calls for one question; 0 for nothing. */
  price: number
  /** What system prompt, history and question may have together. Undefined: the defaults of llm/prompt.ts. */
  contextTokens?: number
  /** What an answer may have, thoughts included. Undefined: 8,000. */
  maxTokens?: number
  /** Fields of the request beside model, messages and stream. */
  body?: { readonly [field: string]: unknown }
  /** It understands pictures. */
  vision?: boolean
}

/** A channel as the operator described it. */
export type ChannelSpec = {
  code: string
  /** Without a slash at its end. Undefined: OpenAI's own. */
  baseUrl: string | undefined
  apiKeys: readonly string[]
  /** By the name that users see, in the operator's order; at least one. */
  models: ReadonlyMap<string, ModelSpec>
  /** Lower is tried first. */
  priority: number
  /** Share within one priority; 0 for the last resort. */
  weight: number
  firstTokenTimeoutMs: number
  /** Between two words, once it has begun. */
  silenceTimeoutMs: number
  /** Address of the proxy on the way there, or `none`. Undefined: the environment's. */
  proxy?: string | undefined
  /** Users may bind a key of their own. */
  ownKeys: boolean
}

/** With no key of the operator's it answers nobody but users who bring their own. */
export const isForOwnKeysOnly = ({ apiKeys, ownKeys }: ChannelSpec): boolean =>
  ownKeys && apiKeys.length === 0
