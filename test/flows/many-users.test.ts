import { afterEach, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { type Stack, stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const USERS = 200
const ANSWER_MS = 6000
/** WORKER_CONCURRENCY when nobody sets it. */
const AT_ONCE = 50
/** A quiet machine needs little more; a busy one must not fail for being busy. */
const WAVES_MS = (USERS / AT_ONCE) * ANSWER_MS

let service: Service
afterEach(() => service.close())

/** All of them ask in the same moment, under a clock that makes seconds of a minute. */
const open = async (stack: Stack) => {
  const clock = createFastClock(3)
  service = await startService(
    stack.engine,
    { ...(await stack.openEnv()), WECHAT_REPLY_BUDGET_MS: '4500' },
    { clock },
  )
  const { platform } = service.weixin
  const users = Array.from({ length: USERS }, (_, n) => openidOf(`${stack.engine} one of many ${n}`))
  const said = (openid: string) => platform.phone(openid).messages.filter(({ from }) => from === 'account')
  const askedAt = clock.now()
  const asked = Promise.all(
    users.map((openid, n) => platform.send(openid, `慢 ${ANSWER_MS / 1000} 第${n}人`)),
  )
  const allAnswered = async () => {
    await until(() => users.every((openid) => said(openid).length > 0), 60_000)
    return clock.now() - askedAt
  }
  const answers = () => users.map((openid) => said(openid).map(({ text }) => /第(\d+)人/.exec(text)?.[1]))
  return { clock, asked, allAnswered, answers, expected: users.map((_, n) => [`${n}`]) }
}

describe.each(stacks)('two hundred users at once, each waiting six seconds, on $name', (stack) => {
  test('get one answer each, as soon as the workers can give them', async () => {
    const { clock, asked, allAnswered, answers, expected } = await open(stack)
    const outcomes = await asked
    expect(outcomes.filter(({ notice }) => notice)).toEqual([])
    expect(await allAnswered()).toBeLessThan(3 * WAVES_MS)
    // Whatever would come twice has come by then.
    await clock.sleep(12_000)
    expect(answers()).toEqual(expected)
  }, 90_000)

  test('get one answer each though the service is restarted in the middle', async () => {
    const { clock, asked, allAnswered, answers, expected } = await open(stack)
    await clock.sleep(3000)
    await service.restart()
    await asked
    expect(await allAnswered()).toBeLessThan(8 * WAVES_MS)
    await clock.sleep(12_000)
    expect(answers()).toEqual(expected)
  }, 90_000)
})
