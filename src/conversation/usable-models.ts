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

/** What a question without a model goes to, while the user's choice is offered: else the default. */
export const chosenModel = (
  models: Pick<Models, 'list' | 'ownKeyChannels' | 'offer'>,
  user: Pick<User, 'ownKey' | 'model'>,
): string | undefined => {
  const usable = usableModels(models, user)
  const byName = (name: string | undefined) => usable.find(({ id }) => id === name)
  return (byName(user.model) ?? byName(models.offer(undefined)?.id) ?? usable[0])?.id
}
