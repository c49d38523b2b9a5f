import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/base/config.ts'
import { createIds } from '../../src/base/ids.ts'
import type { User } from '../../src/identity/user.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { type Operator, openOperator } from '../../src/wiring/open-operator.ts'
import { createTestDatabase } from './databases.ts'
import type { Env } from './service.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
/** Starting the program is most of what it does: what was compiled once is kept for the next. */
const COMPILED = join(tmpdir(), 'yingda-test-compiled')
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

export type Ran = { status: number; stdout: string; stderr: string }

/** The real program, as a process of its own. */
export const runYingda = (dir: string, env: Env, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const options = {
      cwd: dir,
      env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: COMPILED, ...env },
      maxBuffer: MAX_OUTPUT_BYTES,
    }
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr })
    })
  })

export type Installation = {
  dir: string
  env: Env
  run(...args: string[]): Promise<Ran>
  /** What it printed with --json. Throws what it said instead. */
  json(...args: string[]): Promise<unknown>
  /** The line of why; throws unless it failed with exactly one line and `status`. */
  refusal(...args: string[]): Promise<string>
  /** The same stores beside it, in this process. */
  operator: Operator
  newUser(): Promise<User>
  close(): Promise<void>
}

let people = 0

/** A database and a folder, and the command line on them. With `secret`: of the same secret as another. */
export const installYingda = async (
  engine: Engine,
  secret = randomBytes(32).toString('base64'),
): Promise<Installation> => {
  const database = await createTestDatabase(engine)
  const dir = mkdtempSync(join(tmpdir(), 'yingda-cli-'))
  const env = { DATA_DIR: dir, DATABASE_URL: database.url, APP_SECRET: secret }
  const read = readConfig(env, dir)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const operator = await openOperator(read.config)
  const run = (...args: string[]) => runYingda(dir, env, args)
  return {
    ...{ dir, env, run, operator },
    async json(...args) {
      const { status, stdout, stderr } = await run(...args, '--json')
      if (status !== 0) throw new Error(stderr)
      return JSON.parse(stdout)
    },
    async refusal(...args) {
      const { status, stdout, stderr } = await run(...args)
      const lines = stderr.trimEnd().split('\n')
      if (status !== 1 || lines.length !== 1 || stdout !== '')
        throw new Error(`exit ${status}, ${lines.length} lines: ${stderr}${stdout}`)
      return stderr.trimEnd()
    },
    newUser() {
      people += 1
      const openid = `oCli-${process.pid}-${people}-abcdefghijk`
      return operator.users.ensure({ account: 'gh_cli', openid }, Date.now())
    },
    async close() {
      await operator.close()
      await database.drop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** An id of no row. */
export const strangeId = () => createIds(Date.now).next('usr')
