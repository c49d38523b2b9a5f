import { ChannelError, type ChannelFault } from '../../base/channel-error.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { openModel } from '../model.ts'
import { type Examination, error, ok, reasonOf, warning } from './check.ts'

const FIXES: { [fault in ChannelFault]: string } = {
  unauthorized: 'check OPENAI_API_KEY, and that the key may use the model',
  'rate-limited': "look at the provider's limits and balance for this key",
  'bad-request': 'check OPENAI_MODEL',
  'not-found': 'check OPENAI_MODEL and OPENAI_BASE_URL (it usually ends in /v1)',
  unavailable: 'check OPENAI_BASE_URL and the way to it',
  timeout: 'check OPENAI_BASE_URL and the way to it',
  'empty-answer': 'check OPENAI_MODEL',
  'content-filter': 'check OPENAI_MODEL',
}

/** Thinking models take their time for the first word. */
const WITHIN_MS = 9000

/** Asks the model for its first word, as a turn would, and hangs up. */
export const examineModel = (config: Config): Examination => ({
  name: 'model',
  async run() {
    const model = await openModel(config, silentLog)
    if (!model && config.SANDBOX) return ok('the scripted model of the sandbox')
    if (!model) return error('none: every question gets an apology', 'set OPENAI_API_KEY and OPENAI_MODEL')
    const { channel, name } = model
    const messages = [{ role: 'user' as const, content: 'Say OK.' }]
    const signal = AbortSignal.timeout(WITHIN_MS)
    const askedAt = performance.now()
    try {
      for await (const part of channel.stream({ model: name, messages, signal })) {
        if (part.type === 'finish') break
        return ok(`${name} begins to answer after ${Math.round(performance.now() - askedAt)} ms`)
      }
      return warning(`${name} answers nothing`, FIXES['empty-answer'])
    } catch (thrown) {
      const fix = thrown instanceof ChannelError ? FIXES[thrown.fault] : undefined
      return error(reasonOf(thrown), fix)
    }
  },
})
