import { afterEach, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import {
  appliedMigrations,
  MIGRATIONS_DIR,
  migrate,
  migrateAt,
  programMigrations,
  undoLastMigration,
} from '../../src/infra/db/migrate.ts'
import { keptSteps, readSteps } from '../../src/infra/db/schema-steps.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createTestDatabase, engines } from '../support/databases.ts'
import {
  ADDS,
  AFTER,
  contractOf,
  expand,
  NEXT,
  NOTHING,
  newerProgram as newerFolder,
} from '../support/newer-program.ts'
import { startService } from '../support/service.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const newerProgram = (more: { [name: string]: string }): string => {
  const { directory, remove } = newerFolder(more)
  closings.push(remove)
  return directory
}

test('every migration says which step it is to a program that does not know it', async () => {
  const names = programMigrations()
  expect(Object.keys(await readSteps(MIGRATIONS_DIR, names))).toEqual(names)
})

describe.each(engines)('steps on %s', (engine) => {
  const open = async () => {
    const { url, drop } = await createTestDatabase(engine)
    closings.push(drop)
    const database = openDatabase(url)
    closings.push(database.close)
    return { url, database, knex: database.knex }
  }

  test.each([
    ['nothing', NOTHING, /next.ts does not say which step it is/],
    ['another word', `export const step = 'contract'\n${NOTHING}`, /next.ts does not say which step it is/],
    [
      'a contract of none',
      `${contractOf('20200101000000_x.ts')}${NOTHING}`,
      /20200101000000_x.ts, which is no/,
    ],
    ['a contract of itself', `${contractOf(NEXT)}${NOTHING}`, /which is no migration before it/],
  ])('a migration that says %s is refused before anything is done', async (_, text, why) => {
    const { url, database, knex } = await open()
    const newer = newerProgram({ [NEXT]: text })
    await expect(migrate(database, url, { directory: newer })).rejects.toMatchObject({
      code: 'migration-step',
      message: expect.stringMatching(why),
    })
    expect(await appliedMigrations(knex)).toEqual([])
  })

  test('are kept of what ran before there was a table for them, and forgotten with what is taken back', async () => {
    const { url, database, knex } = await open()
    const names = programMigrations()
    for (const name of names.slice(0, 5))
      await knex.migrate.up({ directory: MIGRATIONS_DIR, loadExtensions: ['.ts'], name })
    await migrate(database, url)
    expect(Object.keys(await keptSteps(knex)).toSorted()).toEqual(names)

    const newer = newerProgram({ [NEXT]: `${contractOf(names[3] ?? '')}${NOTHING}` })
    await migrate(database, url, { directory: newer })
    expect((await keptSteps(knex))[NEXT]).toEqual({ contract: names[3] })
    expect(await undoLastMigration(database, url, newer)).toEqual({ undone: [NEXT] })
    expect(Object.keys(await keptSteps(knex)).toSorted()).toEqual(names)
  })

  test('an older program lives with a newer one’s expand, and a contract of what it knows', async () => {
    const { url, database, knex } = await open()
    const known = programMigrations().at(-1) ?? ''
    const newer = newerProgram({ [NEXT]: expand + ADDS, [AFTER]: contractOf(known) + NOTHING })
    await migrate(database, url, { directory: newer })
    expect(await migrate(database, url)).toEqual({ applied: [], newer: [NEXT, AFTER] })
    expect(await knex.schema.hasColumn('users', 'nickname')).toBe(true)
    // Taking back is the newer one's business, which has the files for it.
    await expect(undoLastMigration(database, url)).rejects.toMatchObject({ code: 'schema-too-new' })
    expect(await knex.schema.hasTable('users')).toBe(true)
  })

  test('an older program refuses a contract of what it does not know, naming both versions', async () => {
    const { url, database } = await open()
    const newer = newerProgram({ [NEXT]: expand + ADDS, [AFTER]: contractOf(NEXT) + NOTHING })
    await migrate(database, url, { directory: newer })
    const ours = programMigrations().at(-1)?.replace('.ts', '')
    await expect(migrate(database, url)).rejects.toMatchObject({
      code: 'schema-too-new',
      message: expect.stringMatching(new RegExp(`29991231000001_after.*${ours}`)),
    })
  })

  test('a program with files of its own on a schema it does not know is no older one, and refuses', async () => {
    const { url, database } = await open()
    await migrate(database, url, { directory: newerProgram({ [AFTER]: expand + NOTHING }) })
    const fork = newerProgram({ [NEXT]: expand + ADDS })
    await expect(migrate(database, url, { directory: fork })).rejects.toMatchObject({
      code: 'schema-too-new',
    })
  })

  test('the service answers while a newer program expands its database, and when it is started on it', async () => {
    const service = await startService(engine)
    closings.push(service.close)
    const { platform } = service.weixin
    const me = openidOf('before')
    await platform.send(me, '你好')
    await migrateAt(service.env.DATABASE_URL ?? '', {
      directory: newerProgram({ [NEXT]: expand + ADDS }),
    })
    expect(await platform.send(me, '还在吗')).toMatchObject({ attempts: 1, replied: true })
    await service.restart()
    expect(await platform.send(me, '回来了吗')).toMatchObject({ attempts: 1, replied: true })
    expect(await platform.send(openidOf('after'), '你好')).toMatchObject({ replied: true })
    expect(service.lines.map(({ fields }) => fields)).toContainEqual({ newer: [NEXT] })
  }, 60_000)
})
