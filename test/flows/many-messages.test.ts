import { describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

const MESSAGES = 2000
const AT_ONCE = 20

describe.each(stacks)('2,000 messages on $name', (stack) => {
  test('leave no unfinished turn and no undelivered answer', async () => {
    const service = await startService(stack.engine, {
      ...(await stack.openEnv()),
      WECHAT_REPLY_BUDGET_MS: '4500',
    })
    const { platform } = service.weixin
    let next = 0
    let replied = 0
    const sender = async (name: number) => {
      for (; next < MESSAGES; ) {
        next += 1
        const outcome = await platform.send(
          openidOf(`${stack.engine} sender ${name} of ${next % 200}`),
          `第 ${next} 问`,
        )
        if (outcome.replied) replied += 1
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, (_, name) => sender(name)))

    const { knex, close } = openDatabase(service.env.DATABASE_URL ?? '')
    const counts = await knex('turns')
      .select<{ status: string; n: number }[]>('status', knex.raw('count(*) as n'))
      .groupBy('status')
    expect(counts.map(({ status, n }) => [status, Number(n)])).toEqual([['answered', MESSAGES]])
    const open = await knex('deliveries').whereNotIn('status', ['replied', 'delivered']).pluck('turn_id')
    expect(open).toEqual([])
    expect(replied).toBeGreaterThan(MESSAGES * 0.99)
    await close()
    await service.close()
  }, 400_000)
})
