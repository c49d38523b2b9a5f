import type { OwnKeySeal } from '../identity/own-key.ts'
import type { OwnKeys } from '../identity/own-keys.ts'
import type { OpenModel } from './answer-turn.ts'
import type { Models } from './models.ts'

/**
 * The way to the model that a turn was asked of, at the cost that was agreed on. A question on the user's own key is
 * never answered with the operator's.
 */
export const createOpenModel =
  (parts: {
    models: Pick<Models, 'open' | 'openOwn' | 'offer'>
    ownKeys: Pick<OwnKeys, 'find'>
    seal: Pick<OwnKeySeal, 'open'>
  }): OpenModel =>
  async ({ userId, cost }) => {
    const { models } = parts
    if (cost.ownKey) {
      const kept = await parts.ownKeys.find(userId)
      const key = kept && parts.seal.open({ userId, ...kept })
      const own = kept && key !== undefined ? models.openOwn(kept.channel, key, cost.model) : undefined
      return own ?? { failure: 'own-key-failed' }
    }
    const model = cost.model ?? models.offer(undefined)?.id
    const opened = model === undefined ? undefined : models.open(model)
    return opened ?? { failure: cost.model === undefined ? 'no-channel' : 'model-gone' }
  }
