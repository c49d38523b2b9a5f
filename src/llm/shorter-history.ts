import type { PromptMessage } from './channel.ts'

/**
 * The prompt with the older half of its exchanges left out, at last with the question alone behind the system's words.
 * Undefined when there is no history.
 */
export const shorterHistory = (messages: readonly PromptMessage[]): PromptMessage[] | undefined => {
  const system = messages.filter(({ role }) => role === 'system')
  const talk = messages.filter(({ role }) => role !== 'system')
  const exchanges = Math.floor((talk.length - 1) / 2)
  if (exchanges < 1) return undefined
  return [...system, ...talk.slice(-1 - 2 * Math.floor(exchanges / 2))]
}
