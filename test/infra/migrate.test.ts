import { afterEach, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { appliedMigrations, migrate, programMigrations } from '../../src/infra/db/migrate.ts'
import { createTestDatabase, engines } from '../support/databases.ts'

describe.each(engines)('migrations on %s', (engine) => {
  const drops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const drop of drops.splice(0).toReversed()) await drop()
  })
  const empty = async () => {
    const made = await createTestDatabase(engine)
    drops.push(made.drop)
    return made.url
  }
  const open = (url: string) => {
    const database = openDatabase(url)
    drops.push(database.close)
    return database
  }

  test('run once, and nothing happens the second time', async () => {
    const url = await empty()
    const database = open(url)
    expect(await migrate(database, url)).toEqual({ applied: programMigrations() })
    expect(await migrate(database, url)).toEqual({ applied: [] })
    expect(await appliedMigrations(database.knex)).toEqual(programMigrations())
  })

  test('run once when three processes start at the same time', async () => {
    const url = await empty()
    const applied = await Promise.all(
      [open(url), open(url), open(url)].map(async (database) => (await migrate(database, url)).applied),
    )
    expect(applied.flat()).toEqual(programMigrations())
  })

  test('go on after a process died while it migrated', async () => {
    const url = await empty()
    const database = open(url)
    await migrate(database, url)
    await database.knex('knex_migrations_lock').update({ is_locked: 1 })
    expect(await migrate(open(url), url)).toEqual({ applied: [] })
  })

  test('refuse a schema that is newer than the program, naming both versions', async () => {
    const url = await empty()
    const database = open(url)
    await migrate(database, url)
    await database.knex('knex_migrations').insert({ name: '20991231000000_future.ts', batch: 2 })
    const newest = programMigrations().at(-1)?.replace('.ts', '')
    await expect(migrate(database, url)).rejects.toMatchObject({
      code: 'schema-too-new',
      message: expect.stringMatching(new RegExp(`20991231000000_future.*${newest}`)),
    })
  })

  test('can be taken back and run again', async () => {
    const url = await empty()
    const database = open(url)
    await migrate(database, url)
    await database.knex.migrate.rollback({ directory: 'migrations', loadExtensions: ['.ts'] }, true)
    expect(await database.knex.schema.hasTable('turns')).toBe(false)
    expect((await migrate(database, url)).applied).toEqual(programMigrations())
  })

  test('make tables that keep every character and tell OpenIDs apart by case', async () => {
    const url = await empty()
    const { knex } = open(url)
    await migrate({ knex, engine, close: async () => {} }, url)
    const user = { conversation_id: 'cnv_1', created_at: 1, account: 'gh' }
    await knex('users').insert({ ...user, id: 'usr_1', openid: 'oAbc' })
    await knex('users').insert({ ...user, id: 'usr_2', openid: 'oABC' })
    expect(await knex('users').where({ openid: 'oABC' }).pluck('id')).toEqual(['usr_2'])
    const title = '生僻字𠮷 and 👨‍👩‍👧'
    await knex('conversations').insert({ id: 'cnv_1', user_id: 'usr_1', title, created_at: 1, updated_at: 1 })
    expect(await knex('conversations').pluck('title')).toEqual([title])
    await expect(
      knex('conversations').insert({ id: 'cnv_2', user_id: 'usr_none', created_at: 1, updated_at: 1 }),
    ).rejects.toThrow(/foreign key/i)
  })
})
