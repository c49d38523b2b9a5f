import type { PromptMessage } from './channel.ts'

type CountTokens = (text: string) => Promise<number>

/** Roles and separators cost a few tokens a message, whatever the tokenizer. */
const MESSAGE_OVERHEAD_TOKENS = 4

/** Where the operator sets no `contextTokens`: a prompt with as much history as fits into this, … */
const PROMPT_TOKENS = 6000
/** … and a question of up to this, which is some 10,000 Chinese characters. */
const QUESTION_TOKENS = 8000

const costOf = async ({ content }: PromptMessage, countTokens: CountTokens): Promise<number> =>
  (await countTokens(content)) + MESSAGE_OVERHEAD_TOKENS

/**
 * System prompt, as many of the latest exchanges as fit, and the question. The question always goes in, see `tooLong`: an
 * exchange is dropped whole, from the oldest on, and the first that does not fit ends the history.
 * @param history newest first
 */
export const fitPrompt = async (parts: {
  system: string
  history: readonly { question: string; answer: string }[]
  question: string
  /** What all of it may have; undefined: the default. */
  contextTokens: number | undefined
  countTokens: CountTokens
}): Promise<PromptMessage[]> => {
  const { history, countTokens, contextTokens = PROMPT_TOKENS } = parts
  const system: PromptMessage = { role: 'system', content: parts.system }
  const question: PromptMessage = { role: 'user', content: parts.question }
  const cost = (message: PromptMessage) => costOf(message, countTokens)

  let left = contextTokens - (await cost(system)) - (await cost(question))
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

/** How long a question is that may not be asked, and how long it might be; undefined for one that may. */
export const tooLong = async (parts: {
  system: string
  question: string
  contextTokens: number | undefined
  countTokens: CountTokens
}): Promise<{ tokens: number; mostTokens: number } | undefined> => {
  const { system, question, contextTokens, countTokens } = parts
  // Every token is a byte at least: ordinary questions need no counting.
  const bytes = Buffer.byteLength(question)
  const mostTokens =
    contextTokens === undefined ? QUESTION_TOKENS : await roomBeside(system, contextTokens, countTokens)
  if (bytes <= mostTokens) return undefined
  const tokens = await countTokens(question)
  return tokens > mostTokens ? { tokens, mostTokens } : undefined
}

const roomBeside = async (
  system: string,
  contextTokens: number,
  countTokens: CountTokens,
): Promise<number> => {
  const taken = await costOf({ role: 'system', content: system }, countTokens)
  return Math.max(0, contextTokens - taken - MESSAGE_OVERHEAD_TOKENS)
}
