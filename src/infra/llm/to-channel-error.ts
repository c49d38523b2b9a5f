import OpenAI from 'openai'
import { ChannelError } from '../../base/channel-error.ts'
import { ProviderRefusal, WebPageError } from './complaint.ts'
import { faultOf } from './fault-of.ts'

/** Status and code only: a provider's message may quote the key or the question. */
export const toChannelError = (channel: string, error: unknown, keys: readonly string[]): ChannelError => {
  if (error instanceof ChannelError) return error
  if (error instanceof OpenAI.APIConnectionTimeoutError)
    return new ChannelError(channel, 'timeout', 'no answer in time')
  if (error instanceof OpenAI.APIUserAbortError) return new ChannelError(channel, 'timeout', 'stopped')
  if (error instanceof WebPageError) return new ChannelError(channel, 'web-page', WEB_PAGE)
  if (error instanceof ProviderRefusal) {
    const { code } = error.complaint
    const isShown = /^[\w.-]{1,60}$/.test(code) && !keys.some((key) => isQuoting(code, key))
    const fault = faultOf(error)
    if (fault === 'web-page') return new ChannelError(channel, fault, `HTTP ${error.status}: ${WEB_PAGE}`)
    const detail = `HTTP ${error.status}${isShown && code !== String(error.status) ? ` ${code}` : ''}`
    return new ChannelError(channel, fault, detail)
  }
  return new ChannelError(channel, 'unavailable', 'the connection failed or broke off')
}

const QUOTED_CHARS = 8

/** Whether it holds the key, or as much of it as would help somebody. */
const isQuoting = (code: string, key: string): boolean =>
  code.includes(key) ||
  Array.from(code).some((_, at) => {
    const piece = code.slice(at, at + QUOTED_CHARS)
    return piece.length === QUOTED_CHARS && key.includes(piece)
  })

const WEB_PAGE = 'this answers with a web page: the address usually ends in /v1'
