import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createKnexAccountFacts } from '../../src/infra/db/knex-account-facts.ts'
import { migrate } from '../../src/infra/db/migrate.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { createTestDatabase } from '../support/databases.ts'
import { startFakeWechatApi } from '../support/fake-wechat-api.ts'
import { programEnv } from '../support/program-env.ts'
import { type Env, envFor } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

type Shown = { name: string; ok: boolean; level: string; detail: string; fix?: string }

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const TOKEN = '/cgi-bin/stable_token'

describe('yingda doctor', () => {
  let dir = ''
  let weixin: SandboxServer
  const closings: (() => Promise<void> | void)[] = []
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-doctor-'))
    weixin = await startSandboxServer()
    closings.push(
      () => rmSync(dir, { recursive: true }),
      () => weixin.close(),
    )
  })
  afterEach(async () => {
    for (const close of closings.splice(0).toReversed()) await close()
  })

  /** Not spawnSync: the simulated WeChat answers from this very process. */
  const yingda = async (env: Env, ...args: string[]) => {
    const options = { cwd: dir, env: { ...programEnv(), ...env } }
    const run = promisify(execFile)(process.execPath, [main, ...args], options)
    return run.then(
      ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({
        status: Number(code),
        stdout: String(stdout),
        stderr: String(stderr),
      }),
    )
  }
  const doctor = async (env: Env) => {
    const { status, stdout, stderr } = await yingda(env, 'doctor', '--json')
    const { ok, checks }: { ok: boolean; checks: Shown[] } = JSON.parse(stdout)
    const named = Object.fromEntries(checks.map((check) => [check.name, check]))
    return { status, ok, checks, named, output: stdout + stderr }
  }
  const open = (url: string) => {
    const database = openDatabase(url)
    closings.push(database.close)
    return database
  }
  const sqliteUrl = () => `sqlite:${join(dir, 'own.sqlite')}`
  const goodEnv = (more: Env = {}): Env => ({
    ...envFor(weixin, sqliteUrl(), dir),
    WECHAT_REPLY_BUDGET_MS: '4500',
    PUBLIC_URL: 'https://bot.example',
    ...more,
  })

  test.each(stacks)('finds nothing wrong with a good installation on $name', async (stack) => {
    const made = await createTestDatabase(stack.engine)
    closings.push(made.drop)
    const database = open(made.url)
    await migrate(database, made.url)
    const env = goodEnv({ DATABASE_URL: made.url, ...(await stack.openEnv()) })
    const { status, ok, checks, named } = await doctor(env)
    expect(checks.filter(({ level }) => level !== 'ok')).toEqual([])
    expect({ status, ok }).toEqual({ status: 0, ok: true })
    expect(checks.map(({ name }) => name)).toEqual([
      ...['settings', 'database', 'schema', 'redis', 'wechat-token', 'wechat-account'],
      ...['model', 'files', 'privacy', 'backup', 'public-url', 'reply-budget', 'clock'],
    ])
    expect(named['wechat-account']?.detail).toMatch(/服务号.*\(remembered\)/)
    expect(await createKnexAccountFacts(database.knex).read(env.WECHAT_APP_ID ?? '')).toMatchObject({
      pushes: true,
      sceneQr: true,
    })
    if (env.REDIS_URL) expect(named.redis?.detail).toMatch(/^version \d/)
  })

  test('prints one line for each check, with its fix', async () => {
    const { status, stdout } = await yingda(goodEnv({ PUBLIC_URL: 'http://bot.example' }), 'doctor')
    const lines = stdout.trimEnd().split('\n')
    expect(status).toBe(0)
    expect(lines).toHaveLength(13)
    expect(lines.filter((line) => !/^[✓!✗] [a-z-]+ {2,}\S/.test(line))).toEqual([])
    expect(lines).toContainEqual(expect.stringMatching(/^! public-url .*not encrypted → set PUBLIC_URL/))
  })

  test('says all of it in Chinese where the terminal is Chinese, by the same names', async () => {
    const sick = goodEnv({
      LANG: 'zh_CN.UTF-8',
      PUBLIC_URL: 'http://bot.example',
      OPENAI_API_KEY: 'sk-bad-key-000',
    })
    const { status, stdout } = await yingda(sick, 'doctor')
    const lines = stdout.trimEnd().split('\n')
    expect(status).toBe(1)
    expect(lines.filter((line) => !/^[✓!✗] [a-z-]+ {2,}\P{Script=Han}*\p{Script=Han}/u.test(line))).toEqual(
      [],
    )
    expect(lines).toContainEqual(expect.stringMatching(/^! public-url .*没有加密 → 请把 PUBLIC_URL 设成/))
    expect(lines).toContainEqual(
      expect.stringMatching(/^✗ model .*不接受这个 API Key（.*unauthorized.*） → 请检查/),
    )
  })

  test('finds everything that is broken at once, and shows no secret', async () => {
    const env = goodEnv({
      DATABASE_URL: 'mysql://yingda:db-password@127.0.0.1:1/yingda',
      REDIS_URL: 'redis://user:redis-password@127.0.0.1:1',
      WECHAT_APP_SECRET: 'wrong-app-secret',
      OPENAI_API_KEY: 'sk-bad-key-000',
    })
    const { status, ok, named, output } = await doctor(env)
    expect({ status, ok }).toEqual({ status: 1, ok: false })
    expect(named).toMatchObject({
      database: { ok: false, detail: expect.stringContaining('ECONNREFUSED'), fix: expect.any(String) },
      schema: { level: 'warning' },
      redis: { ok: false, detail: expect.stringContaining('ECONNREFUSED'), fix: expect.any(String) },
      'wechat-token': {
        ok: false,
        detail: expect.stringContaining('40125'),
        fix: expect.stringContaining('WECHAT_APP_SECRET'),
      },
      'wechat-account': { level: 'warning' },
      model: { ok: false, fix: expect.stringContaining('OPENAI_API_KEY') },
      'reply-budget': { ok: true },
      clock: { level: 'ok' },
    })
    for (const name of [
      'APP_SECRET',
      'WECHAT_APP_SECRET',
      'WECHAT_TOKEN',
      'WECHAT_AES_KEY',
      'OPENAI_API_KEY',
    ])
      expect(output).not.toContain(env[name])
    expect(output).not.toMatch(/(db|redis)-password/)
  })

  test('shows the address that the allowlist lacks', async () => {
    weixin.platform.failNext(TOKEN, 40164)
    const { status, named } = await doctor(goodEnv())
    expect(status).toBe(1)
    expect(named['wechat-token']?.fix).toMatch(/^add 127\.0\.0\.1 to the IP allowlist/)
  })

  test.each([
    ['unverified', 'auto', 'ok', /may not push/],
    ['unverified', 'service', 'warning', /WECHAT_ACCOUNT=service, but WeChat says/],
    ['service', 'unverified', 'warning', /WECHAT_ACCOUNT=unverified, but WeChat says/],
    ['verified', 'verified', 'ok', /without scene QR codes/],
  ] as const)('compares a %s account with WECHAT_ACCOUNT=%s', async (kind, setting, level, detail) => {
    weixin.platform.setKind(kind)
    const env = goodEnv({ WECHAT_ACCOUNT: setting, WECHAT_QR_URL: 'https://bot.example/qr.png' })
    const { status, named } = await doctor(env)
    expect(status).toBe(0)
    expect(named['wechat-account']).toMatchObject({ level, detail: expect.stringMatching(detail) })
  })

  test('misses the picture that the login page of such an account needs', async () => {
    weixin.platform.setKind('unverified')
    const { status, named } = await doctor(goodEnv())
    expect(status).toBe(0)
    expect(named['wechat-account']).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('no QR code to show'),
      fix: expect.stringContaining('WECHAT_QR_URL'),
    })
  })

  test('tells a schema that is behind from one that is ahead', async () => {
    const env = goodEnv()
    const database = open(sqliteUrl())
    await database.knex.raw('select 1')
    const behind = await doctor(env)
    expect(behind.named.schema).toMatchObject({
      level: 'warning',
      fix: expect.stringContaining('migrate up'),
    })
    await migrate(database, sqliteUrl())
    await database.knex('knex_migrations').insert({ name: '20991231000000_future.ts', batch: 2 })
    const ahead = await doctor(env)
    expect(ahead.status).toBe(1)
    expect(ahead.named.schema).toMatchObject({ level: 'error', detail: expect.stringContaining('20991231') })
    // A newer program wrote down that it only added.
    await database.knex('schema_steps').insert({ name: '20991231000000_future.ts', contract_of: null })
    const { named } = await doctor(env)
    expect(named.schema).toMatchObject({ level: 'ok', detail: expect.stringContaining('can live with it') })
  })

  test('tells all mistakes in the settings', async () => {
    const { status, ok, checks } = await doctor({ PORT: 'eighty', WECHAT_TOKEM: 'x' })
    expect({ status, ok }).toEqual({ status: 1, ok: false })
    expect(checks).toHaveLength(2)
    expect(checks).toContainEqual(expect.objectContaining({ name: 'settings', level: 'error' }))
    expect(checks.map(({ detail }) => detail).join()).toMatch(/WECHAT_TOKEM.*PORT/)
  })

  test('says that WeChat is simulated, and leaves no trace in an empty folder', async () => {
    const { status, named } = await doctor({})
    expect(status).toBe(0)
    expect(named.wechat).toMatchObject({ level: 'warning', detail: expect.stringContaining('sandbox mode') })
    expect(named['wechat-token']).toBeUndefined()
    expect(readdirSync(dir)).toEqual([])
  })

  test('makes no database where there is none, though it asks about the account', async () => {
    const { named } = await doctor(goodEnv())
    expect(named['wechat-account']?.detail).not.toContain('remembered')
    expect(existsSync(join(dir, 'own.sqlite'))).toBe(false)
  })

  test('knows that a live service without a model or an AppSecret is not well', async () => {
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, WECHAT_APP_SECRET: _secret, ...env } = goodEnv()
    const { status, named } = await doctor(env)
    expect(status).toBe(1)
    expect(named.model).toMatchObject({ level: 'error', fix: expect.stringContaining('OPENAI_MODEL') })
    expect(named['wechat-token']).toMatchObject({
      level: 'warning',
      fix: expect.stringContaining('APP_SECRET'),
    })
  })

  test('examines each channel of the file with each of its keys', async () => {
    const channel = { baseUrl: weixin.modelBase, models: { m: null } }
    const channels = [
      { ...channel, code: 'good', apiKeys: ['sk-1', 'sk-2'] },
      { ...channel, code: 'half', apiKeys: ['sk-3', 'sk-bad-4'] },
      { ...channel, code: 'own', ownKeys: true },
      { ...channel, code: 'local' },
      { ...channel, code: 'gone', apiKeys: ['sk-5'], baseUrl: 'http://127.0.0.1:1/v1' },
    ]
    writeFileSync(join(dir, 'channels.yaml'), JSON.stringify({ channels }))
    const { status, checks, named, output } = await doctor(goodEnv())
    expect(status).toBe(1)
    expect(checks.map(({ name }) => name)).toEqual([
      ...['settings', 'database', 'schema', 'redis', 'wechat-token', 'wechat-account'],
      ...['model', 'channel half', 'channel own', 'channel local', 'channel gone', 'channel default'],
      ...['files', 'privacy', 'backup', 'public-url', 'reply-budget', 'clock'],
    ])
    expect(named).toMatchObject({
      model: { level: 'ok', detail: expect.stringMatching(/^m of channel good .*each of its 2 keys$/) },
      'channel half': {
        level: 'warning',
        detail: expect.stringMatching(/^key 2 of 2: channel half: unauthorized/),
        fix: expect.stringContaining('apiKeys of channel half'),
      },
      'channel own': { level: 'ok', detail: expect.stringContaining('not asked') },
      'channel local': { level: 'ok' },
      'channel gone': { level: 'error', fix: expect.stringContaining('baseUrl of channel gone') },
      'channel default': { level: 'ok', detail: expect.stringMatching(/^scripted begins/) },
    })
    expect(output).not.toMatch(/sk-\w/)
  })

  test('tells all that is wrong in the channels file, and knows the variables it needs', async () => {
    writeFileSync(
      join(dir, 'mine.yaml'),
      `channels: [{ code: a, apiKeys: ["\${KEY}", "x y"], models: { m: } }]`,
    )
    const broken = await doctor(goodEnv({ CHANNELS_FILE: 'mine.yaml' }))
    expect(broken.status).toBe(1)
    expect(broken.checks.filter(({ name }) => name === 'channels-file').map(({ detail }) => detail)).toEqual([
      expect.stringContaining('KEY'),
      expect.stringContaining('apiKeys #2 is not right'),
    ])
    const missing = await doctor(goodEnv({ CHANNELS_FILE: 'none.yaml' }))
    expect(missing.named['channels-file']).toMatchObject({ level: 'error', detail: 'the file is not there' })
    const yaml = `channels: [{ code: a, baseUrl: "${weixin.modelBase}", apiKeys: ["\${KEY}"], models: { m: } }]`
    writeFileSync(join(dir, 'mine.yaml'), yaml)
    expect((await doctor(goodEnv({ CHANNELS_FILE: 'mine.yaml', KEY: 'k' }))).named.model?.level).toBe('ok')
  })

  test.each([
    [0, 'ok'],
    [-60, 'warning'],
    [3600, 'error'],
  ])('compares the time with WeChat: %i s', async (seconds, level) => {
    const fake = await startFakeWechatApi()
    closings.push(fake.close)
    fake.script('/', (response) => {
      response.setHeader('date', new Date(Date.now() - seconds * 1000).toUTCString()).end()
    })
    const { named } = await doctor(goodEnv({ WECHAT_API_BASE: fake.url }))
    expect(named.clock?.level).toBe(level)
    if (seconds !== 0) expect(named.clock?.fix).toContain('timedatectl')
  })
})
