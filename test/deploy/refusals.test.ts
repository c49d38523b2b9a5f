import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { until } from '../support/until.ts'
import { openServer, type Server } from './server.ts'

// A deployment is twenty programs, one after the other.
jest.setTimeout(60_000)

let server: Server
beforeAll(async () => {
  server = openServer({
    DOMAIN: '',
    YINGDA_VERSION: '1.0.0',
    OPENAI_API_KEY: '"quoted = and # kept"',
    HTTP_PORT: '8080',
  })
  for (const version of ['1.0.0', '1.1.0', '1.2.0']) server.addSmallVersion(version)
  expect(await server.deploy('up', '1.0.0')).toMatchObject({ status: 0 })
  expect(await server.deploy('up', '1.1.0')).toMatchObject({ status: 0 })
}, 60_000)
afterAll(() => server.close())

/** Everything that a deployment changes. */
const state = () => ({
  env: server.read('.env'),
  mode: statSync(server.at('.env')).mode,
  upstream: server.read('deploy/live/upstream'),
  history: server.read('deploy/releases/history'),
  containers: server.containers(),
  app: server.container('yingda-app').pid,
})

/** Who answers at the front. */
const live = async (): Promise<string> => (await (await fetch(server.frontUrl)).json()).version

test.each([
  [],
  ['up'],
  ['up', ''],
  ['up', '1.0 0'],
  ['up', '../1'],
  ['up', '-x'],
  ['up', 'x'.repeat(65)],
  ['up', '1.0.0', '1.1.0'],
  ['rollback', '1.0.0'],
  ['status', 'now'],
  ['pre'],
  ['deploy'],
])('%j %j is wrong usage, which is told in both languages', async (...args) => {
  const before = state()
  const { status, out } = await server.deploy(...args)
  expect([status, out]).toEqual([
    2,
    expect.stringMatching(/用法 \/ usage: [\s\S]*回到上一个版本[\s\S]*back to the version/),
  ])
  expect(state()).toEqual(before)
})

describe('not done, and nothing changed', () => {
  test.each([
    [
      'a process that ends',
      'crashes',
      /cannot start: something is missing[\s\S]*1\.2\.0 did not get ready, 1\.1\.0 stays/,
    ],
    ['a process that does not get ready', 'hangs', /1\.2\.0 did not get ready/],
    ['one that gets ready once, and not again', 'crashes-as-app', /1\.2\.0 did not get ready/],
    ['a step the live version cannot live with', 'contracts', /3_three[\s\S]*so that 1\.1\.0 could not run/],
  ])('%s', async (_, how, said) => {
    server.addSmallVersion('1.2.0', how)
    const before = state()
    const ran = await server.start(['up', '1.2.0'], { READY_TIMEOUT: how === 'hangs' ? '1' : '20' }).ended
    expect([ran.status, ran.out]).toEqual([1, expect.stringMatching(said)])
    const { app, ...after } = state()
    expect({ ...after, app: how === 'crashes-as-app' ? before.app : app }).toEqual(before)
    expect(await live()).toBe('1.1.0')
  })

  test.each([
    ['an image that is not there', ['up', '9.9.9'], {}, /run scripts\/deploy\.sh build 9\.9\.9 first/],
    ['a full disk', ['up', '1.2.0'], { MIN_FREE_MB: '999999999' }, /MB of disk left/],
    [
      'an old Docker Compose',
      ['up', '1.2.0'],
      { STAND_IN_COMPOSE_VERSION: 'v2.20.1' },
      /Compose 2\.24 or later/,
    ],
    ['a version that is live, built again', ['build', '1.1.0'], {}, /choose another version/],
    [
      'in Chinese',
      ['up', '9.9.9'],
      { LANG: 'zh_CN.UTF-8' },
      /^没有完成：本机没有镜像 yingda:9\.9\.9：先运行 .*build 9\.9\.9\n$/,
    ],
  ])('%s', async (_, args, env, said) => {
    server.addSmallVersion('1.2.0')
    const before = state()
    const { status, out } = await server.start(args, env).ended
    expect([status, out]).toEqual([1, expect.stringMatching(said)])
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(state()).toEqual(before)
  })

  test('an engine that does not run, and a checkout without .env', async () => {
    const before = state()
    writeFileSync(join(server.standIn, 'engine-is-down'), '')
    expect(await server.deploy('rollback')).toMatchObject({
      status: 1,
      out: expect.stringContaining('systemctl start docker'),
    })
    rmSync(join(server.standIn, 'engine-is-down'))
    rmSync(server.at('.env'))
    expect(await server.deploy('up', '1.2.0')).toMatchObject({
      status: 1,
      out: expect.stringContaining('scripts/init.sh'),
    })
    expect(existsSync(server.at('.env'))).toBe(false)
    writeFileSync(server.at('.env'), before.env, { mode: 0o600 })
    expect(state()).toEqual(before)
  })

  test('an .env that cannot be written', async () => {
    server.addSmallVersion('1.2.0')
    const before = state()
    mkdirSync(server.at('.env.new'))
    const { status, out } = await server.deploy('up', '1.2.0')
    expect([status, out]).toEqual([1, expect.stringContaining('cannot write .env')])
    rmSync(server.at('.env.new'), { recursive: true })
    expect(state()).toEqual(before)
    expect(await live()).toBe('1.1.0')
  })

  test('a backup that cannot be made, or is not good', async () => {
    const how = join(server.standIn, 'trees', 'small-1.1.0-', 'how')
    const before = state()
    for (const [what, said] of [
      ['cannot-back-up', 'no space left on device'],
      ['backs-up-badly', 'the backup is damaged'],
    ] as const) {
      writeFileSync(how, what)
      const { status, out } = await server.deploy('up', '1.2.0')
      expect([status, out]).toEqual([1, expect.stringContaining(said)])
    }
    writeFileSync(how, '')
    expect(state()).toEqual(before)
  })
})

test('one at a time; a stopped one takes back what it began', async () => {
  server.addSmallVersion('1.2.0', 'hangs')
  const before = state()
  const first = server.start(['up', '1.2.0'])
  await until(() => server.containers().includes('yingda-next'))
  expect(await server.deploy('up', '1.0.0')).toMatchObject({
    status: 1,
    out: expect.stringMatching(/another deploy\.sh is running \(process \d+\)/),
  })
  expect((await server.deploy('status')).out).toContain('another deploy.sh is running')
  first.child.kill('SIGTERM')
  expect(await first.ended).toMatchObject({ status: 1 })
  expect(state()).toEqual(before)
  expect(await live()).toBe('1.1.0')
})

describe('killed in the middle of up', () => {
  let count = 0
  test.each([
    ['after', 'up -d --no-build --no-recreate next', 'up'],
    ['after', 'caddy reload', 'rollback'],
    ['before', 'up -d --no-deps --no-build app', 'up'],
    ['after', 'up -d --no-deps --no-build app', 'rollback'],
    ['before', 'rm -sf next', 'up'],
  ])('%s %j, somebody answers, status tells, and %s leads to one version', async (moment, command, next) => {
    count += 1
    const [before, version] = [await live(), `2.${count}.0`]
    server.addSmallVersion(version)
    writeFileSync(join(server.standIn, `kill-${moment}`), command)
    expect(await server.deploy('up', version)).toMatchObject({ signal: 'SIGKILL' })
    await until(async () => [before, version].includes(await live().catch(() => '')))
    if (command === 'caddy reload') {
      // As after a power cut, and what the docs say to type then.
      expect(await live()).toBe(version)
      process.kill(server.container('yingda-next').pid, 'SIGKILL')
      await until(async () => (await live().catch(() => '')) === before)
      expect(server.docker('compose', 'up', '-d').status).toBe(0)
      expect(await live()).toBe(before)
    }
    expect((await server.deploy('status')).out).toContain('left unfinished')
    const repair = next === 'up' ? ['up', version] : ['rollback']
    expect(await server.deploy(...repair)).toMatchObject({ status: 0 })
    expect(await live()).toBe(next === 'up' ? version : before)
    expect(server.read('.env')).toContain(`YINGDA_VERSION=${await live()}\n`)
    expect(server.read('deploy/live/upstream')).toBe('to app:8080\n')
    expect(server.containers().toSorted()).toEqual(['yingda-app', 'yingda-front'])
  })
})

test('.env keeps everything else, and history says what was done', () => {
  expect(server.read('.env')).toBe(
    '# kept as it is\nDOMAIN=\nYINGDA_VERSION=2.5.0\nOPENAI_API_KEY="quoted = and # kept"\nHTTP_PORT=8080\n',
  )
  expect(statSync(server.at('.env')).mode & 0o777).toBe(0o600)
  expect(readFileSync(server.at('deploy/releases/history'), 'utf8')).toMatch(
    /^\S+Z up 1\.0\.0 -\n\S+Z up 1\.1\.0 1\.0\.0\n/,
  )
})
