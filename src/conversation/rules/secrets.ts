import type { Models } from '../models.ts'
import type { Question } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { SecretsInText } from '../secrets/secrets-in-text.ts'
import type { Texts } from '../texts.ts'

/**
 * A card key or a provider's key is no question, whichever door it came in by: it is kept nowhere, and no model sees it.
 * What can be redeemed or bound in WeChat has been before.
 */
export const secrets = (parts: {
  secrets: Pick<SecretsInText, 'kindIn'>
  models: Pick<Models, 'ownKeyChannels'>
  refuse: Refuse
  texts: Pick<Texts, 'cardSeen' | 'keySeen' | 'bindHow' | 'bindNotOffered'>
}): Rule<Question> =>
  async function secrets({ text, user }, next) {
    switch (parts.secrets.kindIn(text)) {
      case undefined:
        return next()
      case 'card': {
        const refusal = await parts.refuse('card-in-text', user.id, {})
        return { kind: 'say', text: parts.texts.cardSeen, refusal }
      }
      case 'key': {
        const refusal = await parts.refuse('key-in-text', user.id, {})
        const codes = parts.models.ownKeyChannels().map(({ code }) => code)
        const how = codes.length > 0 ? parts.texts.bindHow(codes.join(', ')) : parts.texts.bindNotOffered
        return { kind: 'say', text: `${parts.texts.keySeen}\n${how}`, refusal }
      }
    }
  }
