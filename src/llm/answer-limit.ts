import type { Channel } from './channel.ts'
import type { ModelSpec } from './channel-spec.ts'

/** As the channel asks for, where the operator sets nothing. */
const DEFAULT_MAX_TOKENS = 8000
/** On average a token has four, or one and a half in Chinese; tables and rulers are made of the longest there are. */
const CHARS_PER_TOKEN = 32

/**
 * The channel, hung up on when it says far more than it was asked for: some providers take no limit, and some never end.
 * Thoughts count as well. What has come by then is an answer that was cut by its length.
 */
export const withAnswerLimit = (channel: Channel, models: ReadonlyMap<string, ModelSpec>): Channel => ({
  code: channel.code,
  async *stream(request) {
    let left = maxTokensOf(models.get(request.model)) * CHARS_PER_TOKEN
    for await (const part of channel.stream(request)) {
      if (part.type === 'finish') yield part
      else {
        const text = part.text.slice(0, left)
        left -= text.length
        if (text !== '') yield { ...part, text }
        if (left === 0) {
          yield { type: 'finish', reason: 'length' }
          return
        }
      }
    }
  },
})

/** What was asked for, by whichever name it goes in the body. */
const maxTokensOf = (model: ModelSpec | undefined): number => {
  const { max_tokens: one, max_completion_tokens: other } = model?.body ?? {}
  const said = [model?.maxTokens, one, other].filter((limit) => typeof limit === 'number')
  return said.length > 0 ? Math.max(...said) : DEFAULT_MAX_TOKENS
}
