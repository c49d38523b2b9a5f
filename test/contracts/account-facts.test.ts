import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createKnexAccountFacts } from '../../src/infra/db/knex-account-facts.ts'
import { engines, openTestDatabase } from '../support/databases.ts'

const T0 = 1_790_000_000_000

describe.each(engines)('facts about accounts on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())
  const open = () => createKnexAccountFacts(opened.knex)

  test('are unknown at first', async () => {
    expect(await open().read('wx-none')).toBeUndefined()
  })

  test('come back as they were last written, in another process as well', async () => {
    await open().write('wx1', { pushes: true, sceneQr: false, probedAt: T0 })
    expect(await open().read('wx1')).toEqual({ pushes: true, sceneQr: false, probedAt: T0 })
    await open().write('wx1', { pushes: false, sceneQr: true, probedAt: T0 + 1 })
    expect(await open().read('wx1')).toEqual({ pushes: false, sceneQr: true, probedAt: T0 + 1 })
  })

  test('belong to one account each, whose ids may differ by case alone', async () => {
    await open().write('wxA', { pushes: true, sceneQr: true, probedAt: T0 })
    await open().write('wxa', { pushes: false, sceneQr: false, probedAt: T0 })
    expect((await open().read('wxA'))?.pushes).toBe(true)
    expect((await open().read('wxa'))?.pushes).toBe(false)
  })

  test('may be written by many at once', async () => {
    const writes = Array.from({ length: 10 }, (_, i) =>
      open().write('wx-many', { pushes: true, sceneQr: true, probedAt: T0 + i }),
    )
    await Promise.all(writes)
    expect(await open().read('wx-many')).toMatchObject({ pushes: true, sceneQr: true })
  })
})
