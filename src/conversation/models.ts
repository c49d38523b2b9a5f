import type { Channel } from '../llm/channel.ts'
import type { ModelOffer } from '../llm/models.ts'

/** A channel, and the name to ask it by. */
export type OpenedModel = {
  channel: Channel
  name: string
  /** What a prompt may have; undefined where the operator sets nothing. */
  contextTokens?: number | undefined
}

/**
 * `refused`: the provider does not take the key · `no-credit`: it does, but the key has nothing left or asks too often ·
 * `unreachable`: nothing can be said about the key now · `unknown-channel`: no such channel, or none for own keys.
 */
export type KeyVerdict = 'good' | 'refused' | 'no-credit' | 'unreachable' | 'unknown-channel'

/** The models there are, and the ways to them. The operator may change them at any time. */
export type Models = {
  /** What may be asked on the operator's keys, in the operator's order. */
  list(): readonly ModelOffer[]
  /** Of these the default, or the named one while it is offered; the default is the first unless OPENAI_MODEL names another. */
  offer(name: string | undefined): ModelOffer | undefined
  /** A channel that answers for the model on the operator's keys, failing over between those that offer it. */
  open(model: string): OpenedModel | undefined
  /**
   * How many tokens a prompt for the model may have, where the operator says so; with `ownKeyChannel` as that channel has
   * it. Without a `model` for the one that would be asked.
   */
  contextTokens(model: string | undefined, ownKeyChannel: string | undefined): number | undefined
  /** Channels that take a user's own key. */
  ownKeyChannels(): readonly { code: string; models: readonly string[] }[]
  /**
   * The channel with the user's own key in the place of the operator's; one channel only, nothing to fail over to. Without
   * a `model` the default, where the channel has it, else the channel's first.
   */
  openOwn(channelCode: string, key: string, model: string | undefined): OpenedModel | undefined
  /** Asks the channel's first model a word with this key: is it good? */
  tryKey(channelCode: string, key: string, timeoutMs: number): Promise<KeyVerdict>
}
