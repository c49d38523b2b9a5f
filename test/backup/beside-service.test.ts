import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createBackup } from '../../src/wiring/backup/create.ts'
import type { BackupSettings } from '../../src/wiring/backup/parts.ts'
import { restoreBackup } from '../../src/wiring/backup/restore.ts'
import { clock, type Place, usePlaces } from '../support/backups.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

const { place } = usePlaces()

describe.each(stacks)('beside the running service on $name', (stack) => {
  let service: Service
  let settings: BackupSettings
  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(stack.engine, {
      ...env,
      MERGE_WITHIN_MS: '0',
      WECHAT_REPLY_BUDGET_MS: '4500',
    })
    const { DATA_DIR = '', DATABASE_URL = '', APP_SECRET } = service.env
    settings = {
      ...{ DATA_DIR, DATABASE_URL, APP_SECRET },
      APP_SECRET_PREVIOUS: undefined,
      BACKUP_KEY: undefined,
    }
  })
  afterAll(() => service.close())

  const tell = async (openid: string, text: string): Promise<string> => {
    await service.weixin.platform.send(openid, text)
    const { messages } = service.weixin.platform.phone(openid)
    return messages.filter(({ from }) => from === 'account').at(-1)?.text ?? ''
  }
  const people = (name: string) =>
    Array.from({ length: 12 }, (_, at) => openidOf(`${stack.engine} ${name} ${at}`))
  const ledgerOf = async (one: Place) => {
    const { knex } = await one.database()
    return createKnexLedger(knex, createIds(Date.now)).reconcile(Date.now(), true)
  }

  test('two backups at once are each of one moment: in what they hold everything adds up', async () => {
    const asking = (async () => {
      for (let round = 0; round < 3; round += 1)
        await Promise.all(people('busy').map((openid) => tell(openid, `忙吗 ${round}`)))
    })()
    await Promise.all(people('first').map((openid) => tell(openid, '在吗')))
    const made = await Promise.all([createBackup(settings, { clock }), createBackup(settings, { clock })])
    await asking
    expect(new Set(made.map(({ file }) => file)).size).toBe(2)
    for (const { file = '' } of made) {
      const copy = await place('sqlite')
      const { tables } = await restoreBackup(copy.settings, { clock, from: file, agreed: false })
      expect(tables.turns).toBeGreaterThan(0)
      expect(await ledgerOf(copy)).toEqual({ differences: [], strays: [] })
    }
  })

  test('a restore takes everything back at once, and the service goes on with that', async () => {
    const [me = '', ...others] = people('later')
    await tell(me, '你好')
    const { file: from = '' } = await createBackup(settings, { clock })
    await Promise.all(others.map((openid) => tell(openid, '后来')))
    const answers = Promise.all(people('meanwhile').map((openid) => tell(openid, '同时')))
    await restoreBackup(settings, { clock, from, agreed: true })
    await answers
    expect(await tell(me, '还在吗')).toContain('还在吗')
    expect(await tell(others[0] ?? '', '新来的')).toContain('新来的')
    const copy = await place('sqlite')
    const again = (await createBackup(settings, { clock })).file ?? ''
    await restoreBackup(copy.settings, { clock, from: again, agreed: false })
    expect(await ledgerOf(copy)).toEqual({ differences: [], strays: [] })
  })
})
