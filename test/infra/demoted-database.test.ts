import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isStoreAway } from '../../src/base/store-stuck-error.ts'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { createTestDatabase } from '../support/databases.ts'

/** What servers say that were demoted, or have lost their cluster: the number decides. */
const SAID: [number, string][] = [
  [1290, 'The MariaDB server is running with the --read-only option so it cannot execute this statement'],
  [1836, 'Running in read-only mode'],
  [1874, 'InnoDB is in read only mode.'],
  [1792, 'Cannot execute statement in a READ ONLY transaction.'],
  [1047, 'WSREP has not yet prepared node for application use'],
]

describe('a MySQL server that takes no writes', () => {
  let made: Awaited<ReturnType<typeof createTestDatabase>>
  let database: Database
  beforeAll(async () => {
    made = await createTestDatabase('mysql')
    database = openDatabase(made.url)
  })
  afterAll(async () => {
    await database.close()
    await made.drop()
  })

  const connection = async (): Promise<number> => {
    const [rows] = await database.knex.raw('select connection_id() as id')
    return Number(rows[0].id)
  }
  const says = (errno: number, text: string) => {
    const signal = `signal sqlstate 'HY000' set mysql_errno = ${errno}, message_text = '${text}'`
    return database.knex.raw(signal).then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test.each(SAID)(
    'with %i is a store that is away, and is asked on new connections from then on',
    async (...said) => {
      const before = await Promise.all(Array.from({ length: 5 }, connection))
      expect(isStoreAway(await says(...said))).toBe(true)
      for (const after of await Promise.all(Array.from({ length: 5 }, connection)))
        expect(before).not.toContain(after)
    },
  )

  test('is left by transactions as well', async () => {
    const before = await connection()
    const failed = await database.knex
      .transaction((trx) =>
        trx.raw("signal sqlstate 'HY000' set mysql_errno = 1290, message_text = 'read-only'"),
      )
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(isStoreAway(failed)).toBe(true)
    expect(await connection()).not.toBe(before)
  })

  test('differs from a statement that is wrong: that costs no connection', async () => {
    const before = await connection()
    expect(isStoreAway(await says(1231, 'no such value'))).toBe(false)
    expect(await connection()).toBe(before)
  })
})
