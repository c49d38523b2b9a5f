import { type ChildProcess, execFile, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/base/config.ts'
import type { User } from '../../src/identity/user.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { type Operator, openOperator } from '../../src/wiring/open-operator.ts'
import { createTestDatabase } from './databases.ts'
import { programEnv } from './program-env.ts'
import type { Env } from './service.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const runner = join(import.meta.dirname, 'yingda-runner.ts')

export type Ran = { status: number; stdout: string; stderr: string }

const optionsFor = (dir: string, env: Env) => ({
  cwd: dir,
  env: { ...programEnv(), ...env },
})

/** The real program, as a process of its own. */
export const spawnYingda = (dir: string, env: Env, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], optionsFor(dir, env), (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr })
    })
  })

/** The real program in a process that stays, one command after the other: see yingda-runner.ts. */
const startRunner = (dir: string, env: Env) => {
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  let count = 0
  const run = async (args: string[]): Promise<Ran> => {
    child ??= fork(runner, {
      ...optionsFor(dir, env),
      execArgv: [],
      // What reads from its input finds it at its end, instead of waiting for whoever runs the tests.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    count += 1
    child.send({ id: count, args })
    const [ran] = await once(child, 'message')
    return ran
  }
  return {
    run(...args: string[]): Promise<Ran> {
      const ran = last.then(() => run(args))
      last = ran
      return ran
    },
    async stop() {
      if (!child) return
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

export type Installation = {
  dir: string
  env: Env & { APP_SECRET: string; DATABASE_URL: string }
  /** One command after the other in one process, which is quicker. */
  run(...args: string[]): Promise<Ran>
  /** In a process of its own, beside others. */
  spawn(...args: string[]): Promise<Ran>
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

/** A database and a folder, and the command line on them. With `secret`: of the same secret as another. `more`: settings. */
export const installYingda = async (
  engine: Engine,
  secret = randomBytes(32).toString('base64'),
  more: Env = {},
): Promise<Installation> => {
  const database = await createTestDatabase(engine)
  const dir = mkdtempSync(join(tmpdir(), 'yingda-cli-'))
  const env = { ...more, DATA_DIR: dir, DATABASE_URL: database.url, APP_SECRET: secret }
  const read = readConfig(env, dir)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const operator = await openOperator(read.config)
  const { run, stop } = startRunner(dir, env)
  return {
    ...{ dir, env, run, operator },
    spawn: (...args) => spawnYingda(dir, env, args),
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
      await stop()
      await operator.close()
      await database.drop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
