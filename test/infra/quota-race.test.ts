import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'
import { programEnv } from '../support/program-env.ts'
import { until } from '../support/until.ts'

const PROCESSES = 4

/** A real process that asks; it begins when it is told to. */
const asker = async (url: string, userId: string, name: string, count: number, mode: 'asks' | 'ends') => {
  const script = join(import.meta.dirname, '../support/asking-process.ts')
  const child = spawn(process.execPath, [script, url, userId, name, String(count), mode], {
    env: programEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const exited = once(child, 'exit')
  await until(() => out.startsWith('ready') || child.exitCode !== null, 20_000)
  return {
    begin: () => child.stdin.end('go'),
    kill: () => child.kill('SIGKILL'),
    exited,
    lines: () => out.trim().split('\n').slice(1),
  }
}

describe.each(engines)('processes that ask for one user at once on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(Date.now)
  const ledger = () => createKnexLedger(opened.knex, ids)
  const userWith = async (openid: string, calls: number) => {
    const { id } = await createKnexUsers(opened.knex, ids, testPersonHash).ensure(
      { account: 'gh', openid },
      1,
    )
    const gift = { userId: id, kind: 'operator', source: `test:${id}`, calls, expiresAt: undefined } as const
    await ledger().give({ ...gift, reason: 'test' }, 1)
    return id
  }
  const askersOf = (userId: string, count: number, mode: 'asks' | 'ends') =>
    Promise.all(
      Array.from({ length: PROCESSES }, (_, index) => asker(opened.url, userId, `${index}-`, count, mode)),
    )
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  test('get ten questions accepted, not one more, when ten calls are left', async () => {
    const userId = await userWith('race', 10)
    const askers = await askersOf(userId, 30, 'asks')
    for (const { begin } of askers) begin()
    await Promise.all(askers.map(({ exited }) => exited))
    const lines = askers.flatMap((each) => each.lines())
    expect(lines).toHaveLength(PROCESSES * 30)
    expect(lines.filter((line) => line === 'ok')).toHaveLength(10)
    expect(lines.filter((line) => line === 'no-calls')).toHaveLength(PROCESSES * 30 - 10)
    expect((await ledger().balance(userId, 2)).remaining).toBe(0)
    expect(await ledger().reconcile(2, true)).toEqual({ differences: [], strays: [] })
  }, 60_000)

  test('and are killed in the middle leave nothing that does not add up', async () => {
    const userId = await userWith('crash', 100_000)
    for (let round = 0; round < 3; round += 1) {
      const askers = await askersOf(userId, 2000, 'ends')
      for (const { begin } of askers) begin()
      await until(() => askers.flatMap((each) => each.lines()).length > 20 + round * 15, 20_000)
      for (const { kill } of askers) kill()
      await Promise.all(askers.map(({ exited }) => exited))
      // What they had accepted is in the database as a whole: no reservation without its turn, no turn without.
      expect(await ledger().reconcile(Date.now(), true)).toEqual({ differences: [], strays: [] })
      await opened
        .knex('turns')
        .where({ user_id: userId })
        .update({ message_key: opened.knex.ref('id') })
    }
    const turns = await opened.knex('turns').where({ user_id: userId }).select('status', 'charged')
    expect(turns.length).toBeGreaterThan(20)
    const open = turns.filter(({ status }) => !['answered', 'failed'].includes(status)).length
    const charged = turns.filter(({ charged }) => Boolean(charged)).length
    expect((await ledger().balance(userId, Date.now())).remaining).toBe(100_000 - open - charged)
  }, 60_000)
})
