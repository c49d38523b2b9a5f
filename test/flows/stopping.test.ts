import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { migrateAt } from '../../src/infra/db/migrate.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { startSandboxServer } from '../../src/sandbox/server.ts'
import { type Program, runProgram, whenReady } from '../support/program.ts'
import { type Env, envFor } from '../support/service.ts'
import { until } from '../support/until.ts'

let dir = ''
const closings: (() => Promise<unknown> | unknown)[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-stop-'))
  closings.push(() => rmSync(dir, { recursive: true, force: true }))
})
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const run = (env: Env): Program => {
  const program = runProgram(dir, env)
  closings.push(() => {
    program.child.kill('SIGKILL')
    return program.exited
  })
  return program
}

/** The program with an account at a simulated WeChat. */
const runForReal = async () => {
  const weixin = await startSandboxServer()
  closings.push(weixin.close)
  const own = mkdtempSync(join(dir, 'own-'))
  const env = { ...envFor(weixin, `sqlite:${join(own, 'db.sqlite')}`, own), WECHAT_REPLY_BUDGET_MS: '4500' }
  const program = run(env)
  const url = await whenReady(program)
  weixin.platform.setCallbackUrl(`${url}/wechat/callback`)
  return { program, url, platform: weixin.platform }
}

const respond = (url: string, headers: { [name: string]: string } = {}) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers }, resolve).once('error', reject)
  })

describe('SIGTERM', () => {
  test('ends the program at any moment of its start, and the database is well then', async () => {
    const whole = performance.now()
    const first = run({ PORT: '0' })
    await whenReady(first)
    const startMs = performance.now() - whole
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    for (const moment of [0.25, 0.5, 0.75, 0.95]) {
      const DATA_DIR = join(dir, `data-${moment}`)
      const program = run({ PORT: '0', DATA_DIR })
      await pause(moment * startMs)
      program.child.kill('SIGTERM')
      // Before its first line has run there is nobody who could listen.
      expect([0, 'SIGTERM']).toContain(await program.exited)
      expect(program.out()).not.toMatch(/cannot start|"level":50/)
      await migrateAt(`sqlite:${join(DATA_DIR, 'yingda.sqlite')}`)
    }
  }, 60_000)

  test('lets a callback in flight be answered, and streams end', async () => {
    const { program, url, platform } = await runForReal()
    const opened = await fetch(`${url}/api/login/tickets`, { method: 'POST', headers: { origin: url } })
    const { ticket } = (await opened.json()) as { ticket: string }
    const headers = { cookie: (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
    const stream = await respond(`${url}/api/login/tickets/${ticket}/events`, headers)
    expect(stream.headers['content-type']).toContain('text/event-stream')
    const streamEnded = stream.resume().toArray()

    const me = openidOf('stopping')
    const answered = platform.send(me, '慢 1 答完再走')
    await until(() => platform.phone(me).messages.length > 0)
    await pause(200)
    program.child.kill('SIGTERM')
    await streamEnded
    expect(await answered).toMatchObject({ attempts: 1, replied: true })
    expect(platform.phone(me).messages.at(-1)?.text).toContain('答完再走')
    expect(await program.exited).toBe(0)
    await expect(respond(`${url}/healthz`)).rejects.toThrow('ECONNREFUSED')
  }, 30_000)

  test('waits for an answer that takes long no longer than it has time, and not at all when it is said twice', async () => {
    const long = async () => {
      const { program, platform } = await runForReal()
      void platform.send(openidOf('long'), '慢 60 很久').catch(() => {})
      await until(() => platform.phone(openidOf('long')).messages.length > 0)
      await pause(200)
      const startedAt = performance.now()
      program.child.kill('SIGTERM')
      await until(() => program.out().includes('stopping'))
      return { program, startedAt }
    }
    const [hurried, patient] = await Promise.all([long(), long()])
    hurried.program.child.kill('SIGTERM')
    expect(await hurried.program.exited).toBe(143)
    const { program, startedAt } = patient
    expect(await program.exited).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }, 40_000)
})

describe('a start that cannot be says why in one line, and changes nothing', () => {
  const refusal = async (env: Env): Promise<string> => {
    const program = run({ LOG_LEVEL: 'silent', PORT: '0', ...env })
    expect(await program.exited).toBe(1)
    const lines = program.out().trim().split('\n')
    expect(lines).toHaveLength(1)
    return lines[0] ?? ''
  }

  test('for a port that is taken, by the name of its setting and in the operator’s language', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    closings.push(() => taken.close())
    const port = String((taken.address() as { port: number }).port)
    const [page, metrics, chinese] = await Promise.all([
      refusal({ PORT: port }),
      refusal({ METRICS_PORT: port, DATA_DIR: join(dir, 'other') }),
      refusal({ PORT: port, LANG: 'zh_CN.UTF-8' }),
    ])
    expect(page).toMatch(/^yingda: cannot start: port \d+ is in use: .*set PORT$/)
    expect(metrics).toMatch(/port \d+ is in use: .*set METRICS_PORT$/)
    expect(chinese).toMatch(/^yingda: 启动不了：端口 \d+ 已被占用：.*PORT/)
  })

  test('for an address of another machine', async () => {
    const env = { HOST: '192.0.2.7', WECHAT_TOKEN: 'token', WECHAT_APP_ID: 'wx0123456789abcdef' }
    expect(await refusal(env)).toMatch(/HOST=192\.0\.2\.7 is no address of this machine/)
  })

  test('for a folder that is none', async () => {
    writeFileSync(join(dir, 'file'), '')
    expect(await refusal({ DATA_DIR: join(dir, 'file') })).toMatch(/file.* is no folder.*DATA_DIR/)
    expect(await refusal({ DATA_DIR: join(dir, 'file', 'deeper') })).toMatch(/is no folder.*DATA_DIR/)
  })

  test('for a database file that is none', async () => {
    writeFileSync(join(dir, 'text'), 'no database, but long enough to be looked at as one. '.repeat(100))
    expect(await refusal({ DATABASE_URL: `sqlite:${join(dir, 'text')}` })).toMatch(/is no SQLite database/)
  })
})
