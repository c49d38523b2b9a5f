import type { PromptMessage } from './channel.ts'

/** Roles and separators cost a few tokens a message, whatever the tokenizer. */
const MESSAGE_OVERHEAD_TOKENS = 4

/**
 * System prompt, as many of the latest exchanges as fit, and the question. The question always goes in: an exchange
 * is dropped whole, from the oldest on, and the first that does not fit ends the history.
 * @param history newest first
 */
export const fitPrompt = async (parts: {
  system: string
  history: readonly { question: string; answer: string }[]
  question: string
  maxTokens: number
  countTokens: (text: string) => Promise<number>
}): Promise<PromptMessage[]> => {
  const { history, countTokens, maxTokens } = parts
  const system: PromptMessage = { role: 'system', content: parts.system }
  const question: PromptMessage = { role: 'user', content: parts.question }
  const cost = async (message: PromptMessage) =>
    (await countTokens(message.content)) + MESSAGE_OVERHEAD_TOKENS

  let left = maxTokens - (await cost(system)) - (await cost(question))
  const past: PromptMessage[] = []
  for (const exchange of history) {
    const asked: PromptMessage = { role: 'user', content: exchange.question }
    const answered: PromptMessage = { role: 'assistant', content: exchange.answer }
    left -= (await cost(asked)) + (await cost(answered))
    if (left < 0) break
    past.unshift(asked, answered)
  }
  return [system, ...past, question]
}
