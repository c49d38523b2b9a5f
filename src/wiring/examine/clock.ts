import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { type Examination, error, ok, type Verdict, warning } from './check.ts'

const FIX = 'synchronise the time of this machine: timedatectl set-ntp true'
const WITHIN_MS = 3000
const NOTICE_S = 30
/** Plain callbacks that seem ten minutes old are refused as replays. */
const WRONG_S = 300

/** Against the Date of any answer of WeChat's. */
export const examineClock = (config: Config, clock: Clock): Examination => ({
  name: 'clock',
  async run() {
    if (config.SANDBOX) return ok('not compared: sandbox mode')
    try {
      const sentAt = clock.now()
      const response = await fetch(config.WECHAT_API_BASE, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(WITHIN_MS),
      })
      const middle = (sentAt + clock.now()) / 2
      const date = Date.parse(response.headers.get('date') ?? '')
      return Number.isNaN(date) ? warning('not compared: WeChat gave no date') : judgeSkew(middle - date)
    } catch {
      return warning('not compared: WeChat is out of reach')
    }
  },
})

/** `skewMs` > 0: this machine is ahead. The header has whole seconds. */
const judgeSkew = (skewMs: number): Verdict => {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const detail = `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} WeChat`
  if (seconds > WRONG_S) return error(detail, FIX)
  return seconds > NOTICE_S ? warning(detail, FIX) : ok('agrees with WeChat')
}
