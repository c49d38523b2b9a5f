import type { Config } from '../../base/config.ts'
import { isLoopbackUrl } from '../../base/loopback.ts'
import { say } from '../../base/say.ts'
import { type Examination, ok, type Verdict, warning } from './check.ts'

const LOW_BUDGET_MS = 2000
const HIGH_BUDGET_MS = 4700

/** Settings that are right by themselves and may still be unwise. */
export const examineSettings = (config: Config): Examination[] => [
  { name: 'public-url', run: async () => judgePublicUrl(config) },
  { name: 'reply-budget', run: async () => judgeBudget(config.WECHAT_REPLY_BUDGET_MS) },
]

const judgePublicUrl = ({ PUBLIC_URL, SANDBOX, HOST, PORT }: Config): Verdict => {
  const fix = say({
    zh: '请把 PUBLIC_URL 设成用户打开网页的 https 网址',
    en: 'set PUBLIC_URL to the https address under which users reach the service',
  })
  if (!PUBLIC_URL) {
    const own = `http://${HOST}:${PORT}`
    if (SANDBOX) return ok(say({ zh: `没有设置：链接指向 ${own}`, en: `not set: links lead to ${own}` }))
    const detail = say({
      zh: `没有设置：链接指向 ${own}，手机打不开`,
      en: `not set: links lead to ${own}, where no phone gets`,
    })
    return warning(detail, fix)
  }
  const { protocol } = new URL(PUBLIC_URL)
  if (isLoopbackUrl(PUBLIC_URL))
    return SANDBOX
      ? ok(PUBLIC_URL)
      : warning(
          say({
            zh: `${PUBLIC_URL} 只能在这台机器上打开`,
            en: `${PUBLIC_URL} leads to this machine alone`,
          }),
          fix,
        )
  return protocol === 'https:'
    ? ok(PUBLIC_URL)
    : warning(say({ zh: `${PUBLIC_URL} 没有加密`, en: `${PUBLIC_URL} is not encrypted` }), fix)
}

const judgeBudget = (budgetMs: number): Verdict => {
  const detail = say({ zh: `微信给的 5 秒里用 ${budgetMs} 毫秒`, en: `${budgetMs} ms of WeChat's 5 s` })
  const fix = say({
    zh: '请让 WECHAT_REPLY_BUDGET_MS 保持 4500',
    en: 'leave WECHAT_REPLY_BUDGET_MS at 4500',
  })
  if (budgetMs > HIGH_BUDGET_MS)
    return warning(
      say({
        zh: `${detail}：留给回程的时间太少`,
        en: `${detail}: little is left for the way back`,
      }),
      fix,
    )
  if (budgetMs < LOW_BUDGET_MS)
    return warning(
      say({ zh: `${detail}：很少有回答来得及`, en: `${detail}: few answers are ready in time` }),
      fix,
    )
  return ok(detail)
}
