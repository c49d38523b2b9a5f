import { tooLong } from '../../llm/prompt.ts'
import type { Models } from '../models.ts'
import type { Question } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** A question has an upper length for the model it goes to, so that a call has an upper cost, whoever pays for it. */
export const questionLength = (parts: {
  models: Pick<Models, 'contextTokens'>
  countTokens: (text: string) => Promise<number>
  refuse: Refuse
  texts: Pick<Texts, 'questionTooLong' | 'systemPrompt'>
}): Rule<Question> =>
  async function questionLength(question, next) {
    const { user, text, cost } = question
    const found = await tooLong({
      system: parts.texts.systemPrompt,
      question: text,
      contextTokens: parts.models.contextTokens(cost?.model, cost?.ownKey ? user.ownKey?.channel : undefined),
      countTokens: parts.countTokens,
    })
    if (!found) return next()
    const { tokens, mostTokens } = found
    const refusal = await parts.refuse('length', user.id, { tokens, mostTokens, model: cost?.model })
    const characters = roughly((text.length * mostTokens) / tokens)
    return { kind: 'say', text: parts.texts.questionTooLong(characters, refusal.code), refusal }
  }

/** Rounded down to two figures: how much of another text fits is not known better. */
const roughly = (count: number): number => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.floor(count / unit) * unit
}
