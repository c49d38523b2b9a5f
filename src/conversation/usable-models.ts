import type { User } from '../identity/user.ts'
import type { ModelOffer } from '../llm/models.ts'
import type { Models } from './models.ts'

/** What this user may ask, at what price: on their own key its channel's models for nothing, else what is on offer. */
export const usableModels = (
  models: Pick<Models, 'list' | 'ownKeyChannels'>,
  { ownKey }: Pick<User, 'ownKey'>,
): readonly ModelOffer[] => {
  if (!ownKey) return models.list()
  const channel = models.ownKeyChannels().find(({ code }) => code === ownKey.channel)
  return (channel?.models ?? []).map((id) => ({ id, channels: [ownKey.channel], price: 0 }))
}
