import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { startSandboxServer } from '../../src/sandbox/server.ts'
import { createTestDatabase, engines } from '../support/databases.ts'
import { programEnv } from '../support/program-env.ts'
import { type Env, envFor } from '../support/service.ts'
import { openRedisEnv } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

type Program = { child: ChildProcess; out: () => string; exited: Promise<number | null> }

/** The real program in a process of its own, in an empty folder. */
const run = (env: Env): Program => {
  const cwd = mkdtempSync(join(tmpdir(), 'yingda-run-'))
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main], { cwd, env: { ...programEnv(), ...env } })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    out += chunk
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  closings.push(async () => {
    child.kill('SIGKILL')
    await exited
    rmSync(cwd, { recursive: true, force: true })
  })
  return { child, out: () => out, exited }
}

const ready = async (program: Program): Promise<string> => {
  await until(() => /is ready/.test(program.out()) || program.child.exitCode !== null, 20_000)
  if (program.child.exitCode !== null) throw new Error(`it ended: ${program.out()}`)
  return program.out().match(/http:\/\/[\w.:]+/)?.[0] ?? ''
}

describe('the program', () => {
  test('starts in the sandbox with nothing set, answers, and stops cleanly', async () => {
    const program = run({ PORT: '0' })
    const url = await ready(program)
    const send = (text: string) =>
      fetch(`${url}/sandbox/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: 'me', text }),
      }).then((response) => response.json())
    expect(await send('你好')).toMatchObject({
      replied: true,
      messages: [{ text: '你好' }, { text: expect.stringContaining('你好') }],
    })
    expect(await (await fetch(`${url}/sandbox/phone/me`)).json()).toMatchObject({
      messages: expect.any(Array),
    })
    expect(program.out()).toContain(`${url}/sandbox`)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })

  test('refuses to start with wrong settings, all of them named in a line each', async () => {
    const program = run({ PORT: 'http', LOCALE: 'xx', HOST: '0.0.0.0' })
    expect(await program.exited).toBe(1)
    expect(program.out().trim().split('\n')).toEqual([
      expect.stringMatching(/^yingda: PORT /),
      expect.stringMatching(/^yingda: LOCALE /),
    ])
  })

  test('says so in one line when its port is taken', async () => {
    const first = run({ PORT: '0' })
    const { port } = new URL(await ready(first))
    const second = run({ PORT: port })
    expect(await second.exited).toBe(1)
    expect(second.out().trim()).toMatch(/^yingda: cannot start: port \d+ is in use.*$/)
  })

  if (engines.includes('mysql'))
    test('answers with one api and one worker process on MariaDB and Redis', async () => {
      const database = await createTestDatabase('mysql')
      closings.push(database.drop)
      const weixin = await startSandboxServer()
      closings.push(weixin.close)
      const dir = mkdtempSync(join(tmpdir(), 'yingda-two-'))
      closings.push(() => rmSync(dir, { recursive: true, force: true }))
      const env = { ...envFor(weixin, database.url, dir), ...(await openRedisEnv()) }
      const [api, worker] = [run({ ...env, ROLE: 'api' }), run({ ...env, ROLE: 'worker' })]
      const [url] = await Promise.all([ready(api), ready(worker)])
      weixin.platform.setCallbackUrl(`${url}/wechat/callback`)

      const me = openidOf('two processes')
      const outcome = await weixin.platform.send(me, '你好')
      expect(outcome).toMatchObject({ attempts: 1, replied: true })
      await weixin.platform.send(me, '慢 1.5 再来')
      const pushed = await weixin.platform.waitFor(me, ({ via }) => via === 'push')
      expect(pushed.text).toContain('再来')

      // Nobody works: the question waits in the database, and the next worker answers it.
      worker.child.kill('SIGTERM')
      expect(await worker.exited).toBe(0)
      await weixin.platform.send(me, '有人吗')
      await ready(run({ ...env, ROLE: 'worker' }))
      const late = await weixin.platform.waitFor(
        me,
        ({ from, text }) => from === 'account' && text.includes('有人吗'),
      )
      expect(late.via).toBe('push')
    }, 60_000)
})
