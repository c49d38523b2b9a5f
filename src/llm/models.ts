import { type ChannelSpec, isForOwnKeysOnly } from './channel-spec.ts'

/** A model that may be asked on the operator's keys. */
export type ModelOffer = {
  id: string
  /** Codes of the channels that offer it. */
  channels: string[]
  /** Calls for one question. */
  price: number
}

/**
 * Everything on offer, in the file's order. Channels may ask different prices for one model: the highest counts, so that
 * failing over to a dearer channel never costs more than the user was told.
 */
export const modelsOf = (channels: readonly ChannelSpec[]): ModelOffer[] => {
  const offers = new Map<string, ModelOffer>()
  for (const channel of channels) {
    if (isForOwnKeysOnly(channel)) continue
    for (const [id, { price }] of channel.models) {
      const offer = offers.get(id)
      if (!offer) offers.set(id, { id, channels: [channel.code], price })
      else {
        offer.channels.push(channel.code)
        offer.price = Math.max(offer.price, price)
      }
    }
  }
  return [...offers.values()]
}

/**
 * How many tokens a prompt for the model may have; undefined where no channel says. Whichever of its channels may come to
 * answer, so the least counts.
 */
export const contextTokensOf = (channels: readonly ChannelSpec[], model: string): number | undefined => {
  const said = channels
    .filter((channel) => !isForOwnKeysOnly(channel))
    .flatMap((channel) => channel.models.get(model)?.contextTokens ?? [])
  return said.length > 0 ? Math.min(...said) : undefined
}

/**
 * The channels that offer the model, in the order to try them: lower priority first, within one priority at random by
 * weight, those of weight 0 last. `random`: from 0 up to, not including, 1.
 */
export const candidatesFor = (
  channels: readonly ChannelSpec[],
  model: string,
  random: () => number,
): ChannelSpec[] =>
  channels
    .filter((channel) => channel.models.has(model) && !isForOwnKeysOnly(channel))
    .map((channel) => ({ channel, wait: waitOf(channel.weight, random) }))
    .toSorted((a, b) => a.channel.priority - b.channel.priority || compare(a.wait, b.wait))
    .map(({ channel }) => channel)

/**
 * Whoever waits the shortest goes first. Exponential waiting times with the weights as rates give every order the
 * chance it would have if channels were drawn one by one by weight (Efraimidis and Spirakis, 2006).
 */
const waitOf = (weight: number, random: () => number): number =>
  weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) / weight

/** Not a difference: two that wait for ever would give NaN. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
