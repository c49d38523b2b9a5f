import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { say } from '../../base/say.ts'
import { type Examination, error, ok, type Verdict, warning } from './check.ts'

const FIX = {
  zh: '请让这台机器自动对时：timedatectl set-ntp true',
  en: 'synchronise the time of this machine: timedatectl set-ntp true',
}
const WITHIN_MS = 3000
const NOTICE_S = 30
/** Plain callbacks that seem ten minutes old are refused as replays. */
const WRONG_S = 300

/** Against the Date of any answer of WeChat's. */
export const examineClock = (config: Config, clock: Clock): Examination => ({
  name: 'clock',
  async run() {
    if (config.SANDBOX) return ok(say({ zh: '沙盒模式，没有比较', en: 'not compared: sandbox mode' }))
    try {
      const sentAt = clock.now()
      const response = await fetch(config.WECHAT_API_BASE, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(WITHIN_MS),
      })
      const middle = (sentAt + clock.now()) / 2
      const date = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(date)) return judgeSkew(middle - date)
      return warning(say({ zh: '没有比较：微信没有给出时间', en: 'not compared: WeChat gave no date' }))
    } catch {
      return warning(say({ zh: '没有比较：连不上微信', en: 'not compared: WeChat is out of reach' }))
    }
  },
})

/** `skewMs` > 0: this machine is ahead. The header has whole seconds. */
const judgeSkew = (skewMs: number): Verdict => {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const detail = say({
    zh: `这台机器的时间比微信${skewMs > 0 ? '快' : '慢'} ${seconds} 秒`,
    en: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} WeChat`,
  })
  if (seconds > WRONG_S) return error(detail, say(FIX))
  if (seconds > NOTICE_S) return warning(detail, say(FIX))
  return ok(say({ zh: '和微信的时间一致', en: 'agrees with WeChat' }))
}
