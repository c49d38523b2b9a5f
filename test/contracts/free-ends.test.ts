import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createForgetFreeEnds, takeFreeEnd } from '../../src/infra/db/free-ends.ts'
import { transact } from '../../src/infra/db/transact.ts'
import { FREE_ENDS_A_DAY } from '../../src/quota/free-ends.ts'
import { engines, openTestDatabase } from '../support/databases.ts'

const MIDNIGHT = Date.parse('2026-11-26T00:00:00+08:00')
const DAY = Date.parse('2026-11-26T00:00:00Z') / 86_400_000

describe.each(engines)('the free ends of a day on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  const take = (hashes: string[], now: number) =>
    transact(opened.knex, (trx) => takeFreeEnd(trx, hashes, now))
  const takeMany = async (hashes: string[], now: number, times: number): Promise<number> => {
    const taken = await Promise.all(Array.from({ length: times }, () => take(hashes, now)))
    return taken.filter(Boolean).length
  }

  test('are as many as there are, however many come at once', async () => {
    expect(await takeMany(['one'], MIDNIGHT, 12)).toBe(FREE_ENDS_A_DAY)
    expect(await takeMany(['other'], MIDNIGHT, 3)).toBe(3)
  })

  test('end with the day in Shanghai, to the millisecond', async () => {
    expect(await takeMany(['night'], MIDNIGHT - 1, 9)).toBe(FREE_ENDS_A_DAY)
    expect(await take(['night'], MIDNIGHT)).toBe(true)
  })

  test('go on counting under a new secret', async () => {
    expect(await takeMany(['before'], MIDNIGHT, 3)).toBe(3)
    expect(await takeMany(['after', 'before'], MIDNIGHT, 9)).toBe(FREE_ENDS_A_DAY - 3)
  })

  test('are forgotten when their day is over', async () => {
    await takeMany(['kept'], MIDNIGHT, 9)
    await createForgetFreeEnds(opened.knex)(DAY, 100)
    expect(await opened.knex('free_ends').where('day', '<', DAY)).toEqual([])
    expect(await take(['kept'], MIDNIGHT)).toBe(false)
  })
})
