/** What went wrong on the way to a model provider. */
export type ChannelFault =
  | 'unauthorized'
  | 'rate-limited'
  | 'bad-request'
  | 'not-found'
  | 'unavailable'
  | 'timeout'
  | 'empty-answer'
  | 'content-filter'
  // The prompt does not fit: a shorter history may.
  | 'too-long'
  // The provider does not serve where this server, or its proxy, is.
  | 'region'
  // The address is somebody's site, not an API.
  | 'web-page'

export class ChannelError extends Error {
  readonly fault: ChannelFault
  readonly channel: string
  constructor(channel: string, fault: ChannelFault, detail: string) {
    super(`channel ${channel}: ${fault}: ${detail}`)
    this.name = 'ChannelError'
    this.channel = channel
    this.fault = fault
  }
}
