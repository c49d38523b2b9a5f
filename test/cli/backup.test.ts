import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { programMigrations } from '../../src/infra/db/migrate.ts'
import { engines } from '../support/databases.ts'
import { programEnv } from '../support/program-env.ts'
import { type Installation, installYingda, spawnYingda } from '../support/yingda.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const schema = programMigrations().at(-1)?.replace('.ts', '')

describe.each(engines)('yingda backup on %s', (engine) => {
  let here: Installation
  let file: string
  beforeAll(async () => {
    here = await installYingda(engine)
    await here.run('cards', 'create', '--count', '3', '--calls', '5')
    await here.newUser()
  })
  afterAll(() => here.close())
  const install = async <T>(
    engine: 'sqlite' | 'mysql',
    work: (there: Installation) => Promise<T>,
    secret?: string,
  ) => {
    const there = await installYingda(engine, secret)
    try {
      return await work(there)
    } finally {
      await there.close()
    }
  }

  test('create makes a private file in DATA_DIR/backups and says what is in it', async () => {
    const made = await here.json('backup', 'create')
    expect(made).toEqual({
      file: expect.stringMatching(/\/backups\/yingda-\d{8}T\d{9}Z-v[\d.]+\.jsonl\.gz$/),
      bytes: expect.any(Number),
      schema,
      tables: expect.objectContaining({ users: 1, card_batches: 1, turns: 0 }),
    })
    file = (made as { file: string }).file
    expect(statSync(file)).toMatchObject({ size: (made as { bytes: number }).bytes })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await here.run('backup', 'list')).stdout).toMatch(/^at .*\n20\d\d-.* no +\/.*\.jsonl\.gz$/m)
    expect(await here.json('backup', 'list')).toEqual([
      {
        file,
        bytes: expect.any(Number),
        at: expect.any(String),
        version: expect.any(String),
        encrypted: false,
      },
    ])
  })

  test('verify says that it is whole, and one line when it is not', async () => {
    expect(await here.json('backup', 'verify', file)).toMatchObject({
      ...{ ok: true, restorable: true, sameSecret: true, schema },
      tables: { users: 1, card_batches: 1 },
    })
    expect((await here.run('backup', 'verify', file)).stdout).toMatch(
      /^the backup is whole: [\d,]+ rows of 20/,
    )
    const cut = join(here.dir, 'cut')
    writeFileSync(cut, readFileSync(file).subarray(0, 500))
    expect(await here.refusal('backup', 'verify', cut)).toMatch(/cut short.*copy it again/)
    expect(await here.refusal('backup', 'verify', join(here.dir, 'none'))).toMatch(
      /cannot be read \(ENOENT\)/,
    )
  })

  test('restore asks for --yes where rows are, keeps what happened since, and is noted', async () => {
    await here.newUser()
    expect(await here.refusal('backup', 'restore', file)).toMatch(/has rows already.*--yes/)
    const { status, stdout } = await here.run('backup', 'restore', file, '--yes')
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^restored: .*next: restart the service/s)])
    expect(await here.json('users', 'list')).toMatchObject({ users: [{}] })
    expect((await here.run('audit')).stdout).toMatch(/backup restore/)
    expect((await here.run('cards', 'list')).stdout).toContain('3')
  })

  test('a pipe carries it to a machine with another secret, which is told', async () => {
    await install('sqlite', async (there) => {
      const yingda = `'${process.execPath}' '${main}' backup`
      const settings = (each: Installation) =>
        Object.entries({ ...programEnv(), ...each.env })
          .map(([name, value]) => `${name}='${value}'`)
          .join(' ')
      const command = `env ${settings(here)} ${yingda} create --out - | env ${settings(there)} ${yingda} restore - --yes`
      const said = await new Promise<string>((resolve, reject) => {
        execFile('sh', ['-c', command], { cwd: there.dir }, (error, stdout, stderr) =>
          error ? reject(new Error(stderr)) : resolve(stdout + stderr),
        )
      })
      expect(said).toMatch(/not encrypted: .*set BACKUP_KEY/)
      expect(said).toMatch(/restored: .*note: the APP_SECRET here is not the one/s)
      expect(await there.json('users', 'list')).toMatchObject({ users: [{}] })
    })
  })

  test('one of before opens with the key of before, which lies in a file of its own', async () => {
    const [old, now] = [join(here.dir, 'old_backup_key'), join(here.dir, 'backup_key')]
    writeFileSync(old, 'the first of two long keys\n')
    writeFileSync(now, 'the second of two long keys\n')
    const sealed = join(here.dir, 'sealed')
    const under = (key: string, ...args: string[]) =>
      spawnYingda(here.dir, { ...here.env, BACKUP_KEY_FILE: key }, ['backup', ...args])
    expect(await under(old, 'create', '--out', sealed)).toMatchObject({ status: 0 })
    expect((await under(now, 'verify', sealed)).stderr).toMatch(/BACKUP_KEY does not open/)
    expect(await under(old, 'verify', sealed)).toMatchObject({ status: 0 })
  })

  test('transfer brings everything over, an address kept in a file too', async () => {
    await install('sqlite', async (there) => {
      const from = join(here.dir, 'from')
      writeFileSync(from, `${here.env.DATABASE_URL}\n`)
      const args = ['transfer', '--from', `@${from}`, '--to', there.env.DATABASE_URL]
      expect(await here.json(...args)).toMatchObject({ ok: true, tables: { users: 1 } })
      expect(await here.refusal(...args)).toMatch(/has rows already.*--yes/)
      const to = `sqlite:${join(there.dir, 'new', 'folder', 'x.sqlite')}`
      expect(await here.json('transfer', '--from', `@${from}`, '--to', to)).toMatchObject({ ok: true })
    })
  })

  test('what is not there is not made', async () => {
    const none = join(here.dir, 'not', 'there')
    const from = `sqlite:${none}`
    const transfer = ['transfer', '--from', from, '--to', here.env.DATABASE_URL, '--yes']
    expect(await here.refusal(...transfer)).toMatch(/no database .*there: check that --from/)
    const env = { ...here.env, DATA_DIR: none, DATABASE_URL: `sqlite:${none}/yingda.sqlite` }
    for (const [args, said] of [
      [['create'], /no database .*check that DATA_DIR/],
      [['verify', join(none, 'b')], /cannot be read \(ENOENT\)/],
      [['restore', join(none, 'b')], /cannot be read \(ENOENT\)/],
      [['list'], /^$/],
    ] as const) {
      const { stderr } = await spawnYingda(here.dir, env, ['backup', ...args])
      expect(stderr).toMatch(said)
    }
    expect(existsSync(join(here.dir, 'not'))).toBe(false)
  })

  test('what cannot be is said in one line', async () => {
    expect(await here.refusal('backup', 'create', '--out', file)).toMatch(/is there already/)
    expect(await here.refusal('backup', 'create', '--out', '/nowhere/x')).toMatch(
      /cannot be written \(ENOENT\)/,
    )
    for (const wrong of [
      ['backup', 'create', '--out', '-', '--json'],
      ['backup', 'restore'],
      ['transfer', '--from', 'here', '--to', here.env.DATABASE_URL],
      ['transfer', '--from', here.env.DATABASE_URL, '--to', here.env.DATABASE_URL],
    ])
      expect([wrong, (await here.run(...wrong)).status]).toEqual([wrong, 2])
    await install(engine, async (there) => {
      const { knex, close } = await import('../../src/infra/db/database.ts').then(({ openDatabase }) =>
        openDatabase(there.env.DATABASE_URL),
      )
      await knex('knex_migrations')
        .where({ name: `${schema}.ts` })
        .delete()
      await close()
      expect(
        await here.refusal(
          'transfer',
          '--from',
          there.env.DATABASE_URL,
          '--to',
          here.env.DATABASE_URL,
          '--yes',
        ),
      ).toMatch(/the source is at schema .*migrate up/)
    })
  })
})
