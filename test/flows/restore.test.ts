import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createTestDatabase, type TestDatabase } from '../support/databases.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'
import { spawnYingda } from '../support/yingda.ts'

const SECRET = Buffer.alloc(32, 7)
const cardKeys = createCardKeys({ current: SECRET, previous: [] })

describe.each(stacks)('a restore from the last scheduled backup on $name', (stack) => {
  let service: Service
  let empty: TestDatabase
  /** Of before everything that happens here. */
  let first = ''
  beforeAll(async () => {
    // The elected process comes by every half minute: every half second here.
    const clock = createFastClock(60)
    service = await startService(
      stack.engine,
      {
        ...(await stack.openEnv()),
        ...{ APP_SECRET: SECRET.toString('base64'), BACKUP_EVERY: '24h', TRIAL_CALLS: '3' },
        ...{ MERGE_WITHIN_MS: '0', WECHAT_REPLY_BUDGET_MS: '4500' },
      },
      { clock },
    )
    empty = await createTestDatabase(stack.engine)
  })
  afterAll(async () => {
    await service.close()
    await empty.drop()
  })

  const folder = () => join(service.env.DATA_DIR ?? '', 'backups')
  const backups = () =>
    existsSync(folder()) ? readdirSync(folder()).filter((name) => name.startsWith('yingda-')) : []
  const journal = () => {
    const days = join(folder(), 'journal')
    return existsSync(days)
      ? readdirSync(days)
          .map((name) => readFileSync(join(days, name), 'utf8'))
          .join('')
      : ''
  }
  const somebody = (name: string) => openidOf(`${stack.engine} restore ${name}`)
  const [owner, thief, forgotten, left] = ['owner', 'thief', 'forgotten', 'left'].map(somebody)
  const key = cardKeys.seal({ batch: 5, serial: 1, calls: 50, days: undefined, redeemBy: undefined })
  const tell = async (openid = '', text: string) => {
    await service.weixin.platform.send(openid, text)
    const { messages } = service.weixin.platform.phone(openid)
    return messages.findLast(({ from }) => from === 'account')?.text ?? ''
  }
  const yingda = async (...args: string[]) => {
    const ran = await spawnYingda(folder(), service.env, [...args, '--json'])
    if (ran.status !== 0) throw new Error(ran.stderr)
    return JSON.parse(ran.stdout)
  }
  const contents = (name: string) => gunzipSync(readFileSync(join(folder(), name))).toString()

  test('the elected process makes one, keeps the journal, and the operator is told', async () => {
    for (const each of [owner, thief, forgotten, left]) await tell(each, '你好')
    await until(() => backups().length === 1)
    first = backups()[0] ?? ''
    await until(async () =>
      (await (await fetch(`${service.url}/readyz`)).text()).includes('"lastSuccess":"2'),
    )
    const ready = await (await fetch(`${service.url}/readyz`)).json()
    expect(ready.checks.find(({ name }: { name: string }) => name === 'backup')).toMatchObject({
      ok: true,
      failure: null,
    })
    const metrics = await (await fetch(`${service.url}/metrics`)).text()
    expect(metrics).toMatch(/^yingda_backup_last_success_timestamp_seconds [1-9]/m)
    expect(metrics).toMatch(/^yingda_backup_every_seconds 86400$/m)
    expect(await tell(owner, key)).toContain('50')
    await tell(forgotten, '删除我的数据')
    await tell(forgotten, '确认删除')
    await service.weixin.platform.unfollow(left ?? '')
    await until(
      () =>
        journal()
          .split('\n')
          .filter((line) => /"(redeemed|erased)"/.test(line)).length === 3,
    )
    for (const openid of [owner, forgotten, left]) expect(journal()).not.toContain(openid)
  })

  test('erased people are in no later backup, and in those of before as long as these are kept', async () => {
    const { file } = await yingda('backup', 'create')
    for (const openid of [forgotten, left]) {
      expect(contents(first)).toContain(openid)
      expect(contents(file.split('/').at(-1))).not.toContain(openid)
    }
    expect(contents(file.split('/').at(-1))).toContain(owner)
  })

  test('into an empty database: nothing is redeemed twice, erased people stay erased', async () => {
    await service.stop()
    const DATABASE_URL = empty.url
    const run = await spawnYingda(folder(), { ...service.env, DATABASE_URL }, [
      'backup',
      'restore',
      join(folder(), first),
      '--json',
    ])
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout).since).toMatchObject({ redeemed: 1, erased: 2, unreadable: 0 })
    await service.restart({ DATABASE_URL, BACKUP_EVERY: '0' })
    const database = openDatabase(DATABASE_URL)
    const openids = await database.knex('users').pluck('openid')
    await database.close()
    expect(openids.toSorted()).toEqual([owner, thief].toSorted())
    expect(await tell(thief, key)).not.toContain('50')
    expect(await tell(owner, key)).toContain('50')
    expect(await tell(owner, key)).toContain('已经')
    // Who left finds what is theirs again; who wanted to be forgotten has no second trial.
    await service.weixin.platform.follow(left ?? '')
    expect(await tell(left, '额度')).toContain('2')
    expect(await tell(forgotten, '再来')).toContain('次数不够')
    expect(await yingdaAt(DATABASE_URL, 'ledger', 'reconcile')).toMatchObject({ differences: [], strays: [] })
  })

  const yingdaAt = async (DATABASE_URL: string, ...args: string[]) => {
    const ran = await spawnYingda(folder(), { ...service.env, DATABASE_URL }, [...args, '--json'])
    return JSON.parse(ran.stdout)
  }

  test('over the database that is there: it tells what the journal does not know', async () => {
    const another = cardKeys.seal({ batch: 5, serial: 2, calls: 70, days: undefined, redeemBy: undefined })
    expect(await tell(owner, another)).toContain('70')
    await service.stop()
    const restored = await yingdaAt(empty.url, 'backup', 'restore', join(folder(), first), '--yes')
    expect(restored.since).toMatchObject({ redeemed: 2, erased: 2 })
    await service.restart({ DATABASE_URL: empty.url, BACKUP_EVERY: '0' })
    expect(await tell(thief, another)).not.toContain('70')
    expect(await tell(owner, another)).toContain('70')
  })
})
