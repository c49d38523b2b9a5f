import type { Config } from '../../base/config.ts'
import { isLoopbackUrl } from '../../base/loopback.ts'
import { type Examination, ok, type Verdict, warning } from './check.ts'

const LOW_BUDGET_MS = 2000
const HIGH_BUDGET_MS = 4700

/** Settings that are right by themselves and may still be unwise. */
export const examineSettings = (config: Config): Examination[] => [
  { name: 'public-url', run: async () => judgePublicUrl(config) },
  { name: 'reply-budget', run: async () => judgeBudget(config.WECHAT_REPLY_BUDGET_MS) },
]

const judgePublicUrl = ({ PUBLIC_URL, SANDBOX, HOST, PORT }: Config): Verdict => {
  const fix = 'set PUBLIC_URL to the https address under which users reach the service'
  if (!PUBLIC_URL) {
    const own = `not set: links lead to http://${HOST}:${PORT}`
    return SANDBOX ? ok(own) : warning(`${own}, where no phone gets`, fix)
  }
  const { protocol } = new URL(PUBLIC_URL)
  if (isLoopbackUrl(PUBLIC_URL))
    return SANDBOX ? ok(PUBLIC_URL) : warning(`${PUBLIC_URL} leads to this machine alone`, fix)
  return protocol === 'https:' ? ok(PUBLIC_URL) : warning(`${PUBLIC_URL} is not encrypted`, fix)
}

const judgeBudget = (budgetMs: number): Verdict => {
  const detail = `${budgetMs} ms of WeChat's 5 s`
  const fix = 'leave WECHAT_REPLY_BUDGET_MS at 4500'
  if (budgetMs > HIGH_BUDGET_MS) return warning(`${detail}: little is left for the way back`, fix)
  if (budgetMs < LOW_BUDGET_MS) return warning(`${detail}: few answers are ready in time`, fix)
  return ok(detail)
}
