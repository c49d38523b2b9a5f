import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/infra/db/database.ts'
import { migrate } from '../../src/infra/db/migrate.ts'

/** A million rows, 50,000 of them answers of 1 KB to 33 KB. */
const USERS = 100_000
const TURNS = 50_000
const MESSAGES = 350_000
const ENTRIES = 400_000
const GRANTS = 100_000
const ROWS = USERS + TURNS + MESSAGES + ENTRIES + GRANTS

/** Written by the process itself when it goes: its largest size, in KB. */
const TELL_SIZE = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nmaxRSS '+process.resourceUsage().maxRSS))`

/** How long making, verifying, restoring and moving a million rows take, and how much memory. */
export const benchBackups = async (): Promise<object[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-bench-'))
  try {
    const url = `sqlite:${join(dir, 'full.sqlite')}`
    await fill(url)
    const plain = join(dir, 'plain.jsonl.gz')
    const sealed = join(dir, 'sealed.jsonl.gz.age')
    const env = { DATA_DIR: dir, DATABASE_URL: url, BACKUP_KEY: '' }
    const withKey = { ...env, BACKUP_KEY: 'correct horse battery staple' }
    const fresh = { ...env, DATABASE_URL: `sqlite:${join(dir, 'restored.sqlite')}` }
    const rows = [
      await measure('backup create', env, ['backup', 'create', '--out', plain]),
      await measure('backup create, encrypted', withKey, ['backup', 'create', '--out', sealed]),
      await measure('backup verify, encrypted', withKey, ['backup', 'verify', sealed]),
      await measure('backup restore', fresh, ['backup', 'restore', plain]),
      await measure('transfer to SQLite', env, [
        ...['transfer', '--from', url, '--to', `sqlite:${join(dir, 'moved.sqlite')}`],
      ]),
    ]
    const server = process.env.TEST_MYSQL_URL
    if (server)
      rows.push(await measure('transfer to MySQL', env, ['transfer', '--from', url, '--to', server, '--yes']))
    const mb = (file: string) => Math.round(statSync(file).size / 1e6)
    console.log(`database ${mb(join(dir, 'full.sqlite'))} MB, backup ${mb(plain)} MB`)
    return rows
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const measure = async (what: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<object> => {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--import', TELL_SIZE, 'src/cli/main.ts', ...args], {
    env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${what}: ${said}`)
  const seconds = (performance.now() - startedAt) / 1000
  const kilobytes = Number(/maxRSS (\d+)/.exec(said)?.[1])
  return {
    what,
    seconds: +seconds.toFixed(1),
    rowsPerSecond: Math.round(ROWS / seconds),
    peakMB: Math.round(kilobytes / 1024),
  }
}

const fill = async (url: string): Promise<void> => {
  const database = openDatabase(url)
  await migrate(database, url)
  const { knex } = database
  const numbers = (count: number) =>
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`
  await knex.raw('pragma synchronous = off')
  await knex.raw(
    `insert into users (id, account, openid, conversation_id, created_at)
     ${numbers(USERS)} select 'usr_' || i, 'gh_bench', 'oBench' || i, 'cnv_' || i, i from n`,
  )
  await knex.raw(
    `insert into conversations (id, user_id, created_at, updated_at)
     values ('cnv_1', 'usr_1', 1, 1)`,
  )
  await knex.raw(
    `insert into turns (id, user_id, conversation_id, message_key, status, question, answer, created_at)
     ${numbers(TURNS)} select 'trn_' || i, 'usr_1', 'cnv_1', 'm:' || i, 'answered', '问', hex(randomblob(500 + (i % 17) * 1000)), i from n`,
  )
  await knex.raw(
    `insert into inbound_messages (account, openid, message_key, received_at)
     ${numbers(MESSAGES)} select 'gh_bench', 'oBench' || (i % 1000), 'm:' || i, i from n`,
  )
  await knex.raw(
    `insert into grants (id, user_id, kind, source, calls, left_calls, expires_at, created_at)
     ${numbers(GRANTS)} select 'grt_' || i, 'usr_' || i, 'trial', 'trial:' || i, 10, 10, 9000000000000, i from n`,
  )
  await knex.raw(
    `insert into ledger_entries (at, user_id, grant_id, kind, calls, reason)
     ${numbers(ENTRIES)} select i, 'usr_' || (i % 1000 + 1), 'grt_' || (i % 1000 + 1), 'grant', 1, 'bench' from n`,
  )
  await database.close()
}
