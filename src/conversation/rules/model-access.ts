import type { Models } from '../models.ts'
import type { Question } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** Which model is asked, and what that costs: nothing on the user's own key, else what its channel says. */
export const modelAccess = (parts: {
  models: Pick<Models, 'offer' | 'ownKeyChannels'>
  refuse: Refuse
  texts: Pick<Texts, 'modelGone'>
}): Rule<Question> =>
  async function modelAccess(question, next) {
    const { user } = question
    if (user.ownKey) {
      const { channel: code } = user.ownKey
      const channel = parts.models.ownKeyChannels().find((each) => each.code === code)
      // A model that is chosen elsewhere: the channel's own choice then.
      const model = channel?.models.find((id) => id === user.model)
      return next({ ...question, cost: { model, price: 0, ownKey: true } })
    }
    const offer = parts.models.offer(user.model)
    if (offer) return next({ ...question, cost: { model: offer.id, price: offer.price, ownKey: false } })
    // With nothing configured at all the worker says so, for nothing.
    if (user.model === undefined)
      return next({ ...question, cost: { model: undefined, price: 0, ownKey: false } })
    const refusal = await parts.refuse('model', user.id, { model: user.model })
    return { kind: 'say', text: parts.texts.modelGone(user.model, refusal.code), refusal }
  }
