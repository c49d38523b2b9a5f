import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/base/config.ts'
import { ROOT } from '../support/compose-files.ts'
import { programEnv } from '../support/program-env.ts'

const APP_ID = 'wx0123456789abcdef'
const APP_SECRET = '0123456789abcdef0123456789abcdef'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-init-'))
  mkdirSync(join(dir, 'scripts'))
  copyFileSync(join(ROOT, 'scripts/init.sh'), join(dir, 'scripts/init.sh'))
  writeFileSync(join(dir, 'package.json'), '{\n  "name": "yingda",\n  "version": "1.2.3"\n}\n')
})
afterEach(() => rmSync(dir, { recursive: true }))

/** The real script under the machine's sh; `typed` are the lines of whoever answers. */
const init = (
  args: string[] = [],
  typed: string[] = [],
  env: { [name: string]: string } = {},
  uid?: number,
) => {
  const { PATH = '' } = process.env
  const ran = spawnSync('sh', [join(dir, 'scripts/init.sh'), ...args], {
    ...{ cwd: tmpdir(), input: typed.map((line) => `${line}\n`).join(''), encoding: 'utf8' },
    env: { PATH, LANG: 'en_US.UTF-8', ...env },
    uid,
  })
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr }
}
const text = () => readFileSync(join(dir, '.env'), 'utf8')
const settings = () => parseEnv(text())
const secret = (name: string) => readFileSync(join(dir, 'secrets', name), 'utf8').trim()
const modeOf = (path: string) => (statSync(join(dir, path)).mode & 0o777).toString(8)
const everything = () => [text(), ...readdirSync(join(dir, 'secrets')).map((name) => [name, secret(name)])]
/** domain, AppID, AppSecret, Token, AES key, provider, key, model, size */
const ANSWERS = ['https://Bot.example.com/', APP_ID, APP_SECRET, '', '', '1', 'sk-model', '', '']

describe('scripts/init.sh', () => {
  test('asks, makes what was not said, and writes what the service takes', () => {
    const { status, stdout, stderr } = init([], ANSWERS)
    expect([status, stderr]).toEqual([0, expect.stringContaining('9. 1 simple')])
    expect(settings()).toEqual({
      ...{ DOMAIN: 'bot.example.com', PUBLIC_URL: 'https://bot.example.com', YINGDA_VERSION: '1.2.3' },
      ...{ WECHAT_APP_ID: APP_ID, WECHAT_APP_SECRET: APP_SECRET },
      ...{
        WECHAT_TOKEN: expect.stringMatching(/^\w{32}$/),
        WECHAT_AES_KEY: expect.stringMatching(/^\w{43}$/),
      },
      ...{ OPENAI_BASE_URL: 'https://api.deepseek.com/v1', OPENAI_API_KEY: 'sk-model' },
      OPENAI_MODEL: 'deepseek-chat',
    })
    const { WECHAT_TOKEN = '', WECHAT_AES_KEY = '' } = settings()
    expect(Buffer.from(WECHAT_AES_KEY, 'base64').toString('base64')).toBe(`${WECHAT_AES_KEY}=`)
    // What is to be typed into the account's settings.
    for (const said of [
      'https://bot.example.com/wechat/callback',
      WECHAT_TOKEN,
      WECHAT_AES_KEY,
      '安全模式',
      '启用',
      'IP 白名单',
    ])
      expect(stdout).toContain(said)
    expect(stdout + stderr).not.toMatch(new RegExp(`sk-model|${APP_SECRET}`))
    expect(readConfig({ APP_SECRET: secret('app_secret') }, dir)).toMatchObject({ ok: true })
  })

  test('keeps every secret from others', () => {
    init([], ANSWERS)
    expect(modeOf('.env')).toBe('600')
    expect(modeOf('secrets')).toBe('700')
    const names = readdirSync(join(dir, 'secrets')).toSorted()
    expect(names).toEqual([
      ...['app_secret', 'backup_key', 'database_url', 'grafana_password', 'mysql_password'],
      ...['mysql_root_password', 'redis_password', 'redis_url'],
    ])
    for (const name of names) expect([name, modeOf(`secrets/${name}`)]).toEqual([name, '600'])
    expect(Buffer.from(secret('app_secret'), 'base64')).toHaveLength(32)
    expect(secret('database_url')).toBe(`mysql://yingda:${secret('mysql_password')}@mysql:3306/yingda`)
    expect(secret('redis_url')).toBe(`redis://:${secret('redis_password')}@redis:6379/0`)
    expect(new Set(names.map(secret)).size).toBe(names.length)
  })

  test('by somebody who may not write secrets/ is refused in one line, and a .env stays whose it was', () => {
    init([], ANSWERS)
    const [before, isRoot] = [everything(), process.getuid?.() === 0]
    const own = isRoot ? 1001 : process.getuid?.()
    if (isRoot)
      for (const path of ['', '.env', 'scripts', 'scripts/init.sh']) chownSync(join(dir, path), 1001, 1001)
    chmodSync(join(dir, 'secrets'), 0)
    expect(init(['--yes', 'DOMAIN=new.example.com'], [], {}, own)).toEqual({
      ...{ status: 1, stdout: '' },
      stderr:
        'init: secrets/ belongs to the user of the containers; nothing is changed. Run: sudo sh scripts/init.sh\n',
    })
    chmodSync(join(dir, 'secrets'), 0o700)
    expect(everything()).toEqual(before)
    expect(init(['--yes', 'DOMAIN=new.example.com']).status).toBe(0)
    expect(settings().DOMAIN).toBe('new.example.com')
    expect(statSync(join(dir, '.env')).uid).toBe(own)
  })

  test('leaves .env to whoever runs it by sudo, the first time and later', () => {
    const person = process.getuid?.() === 0 ? 1234 : process.getuid?.()
    init(['--yes'], [], { SUDO_UID: '1234', SUDO_GID: '1234' })
    expect(statSync(join(dir, '.env')).uid).toBe(person)
    init(['--yes', 'HTTP_PORT=8080'])
    expect([settings().HTTP_PORT, statSync(join(dir, '.env')).uid]).toEqual(['8080', person])
    expect(modeOf('.env')).toBe('600')
  })

  test('asked again changes nothing unasked, and shows no secret a second time', () => {
    init([], ANSWERS)
    writeFileSync(join(dir, '.env'), `${text()}# my own\nTRIAL_CALLS = 5 # each\nMY_KEY='a b'`)
    const before = everything()
    const { WECHAT_TOKEN = '' } = settings()
    for (const { stdout, stderr, status } of [
      init([], ['', '', '', '', '', '', '', '', '']),
      init(['--yes']),
    ]) {
      expect(status).toBe(0)
      expect(stdout + stderr).not.toContain(WECHAT_TOKEN)
    }
    expect(everything()).toEqual(before)
  })

  test('changes what is asked for where it stands, and leaves the rest', () => {
    init([], ANSWERS)
    writeFileSync(join(dir, '.env'), `# my own\nTRIAL_CALLS=5\n${text()}`)
    init(['--yes', 'DOMAIN=chat.example.com', 'SIZE=full'])
    expect(text()).toMatch(/^# my own\nTRIAL_CALLS=5\n/)
    expect(settings()).toMatchObject({
      ...{ DOMAIN: 'chat.example.com', PUBLIC_URL: 'https://chat.example.com', COMPOSE_PROFILES: 'full' },
      ...{ ROLE: 'api', DATABASE_URL_FILE: '/run/secrets/database_url', WECHAT_APP_SECRET: APP_SECRET },
    })
    expect(text().match(/^DOMAIN=/gm)).toHaveLength(1)
    init(['--yes', 'SIZE=simple'])
    expect(settings()).not.toHaveProperty('ROLE')
    expect(settings()).not.toHaveProperty('COMPOSE_PROFILES')
  })

  test('takes values without a terminal, secrets by standard input alone', () => {
    const values = [
      '# from a safe',
      `WECHAT_APP_ID=${APP_ID}`,
      `WECHAT_APP_SECRET='${APP_SECRET}'`,
      'OPENAI_API_KEY=sk-1',
    ]
    expect(init(['MODEL_PROVIDER=qwen', '--values', '-'], values).status).toBe(0)
    expect(settings()).toMatchObject({ WECHAT_APP_SECRET: APP_SECRET, OPENAI_MODEL: 'qwen-plus' })
    const refused = init(['--yes', 'OPENAI_API_KEY=sk-secret'])
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/secret.*--values/)])
    expect(refused.stderr).not.toContain('sk-secret')
  })

  test('with nothing said at all makes something that starts', () => {
    expect(init([], []).status).toBe(0)
    expect(readConfig({ APP_SECRET: secret('app_secret') }, dir)).toMatchObject({ ok: true })
    expect(init(['--yes']).stdout).toContain('Still missing')
  })

  test.each([
    ['a dollar, a hash and quotes', 'sk-$HOME#x"y'],
    ['a sign of the shell', 'sk-`id`;$(id)&|<>*?'],
  ])('writes a key with %s so that it is read as it was typed', (_what, key) => {
    init([], [...ANSWERS.slice(0, 6), key, '', ''])
    expect(settings().OPENAI_API_KEY).toBe(key)
    const before = everything()
    init(['--yes', 'HTTP_PORT=8080'])
    expect(settings()).toMatchObject({ OPENAI_API_KEY: key, HTTP_PORT: '8080' })
    expect(everything().slice(1)).toEqual(before.slice(1))
  })

  test.each([
    ['DOMAIN', 'not a domain'],
    ['DOMAIN', '公众号.cn'],
    ['DOMAIN', '203.0.113.9'],
    ['WECHAT_APP_ID', 'gh_0123456789ab'],
    ['WECHAT_APP_SECRET', 'short'],
    ['WECHAT_TOKEN', 'ab'],
    ['WECHAT_TOKEN', 'has space'],
    ['WECHAT_AES_KEY', 'x'.repeat(42)],
    ['OPENAI_API_KEY', "it's"],
    ['OPENAI_API_KEY', '我的密钥'],
    ['OPENAI_API_KEY', 'ends\\'],
    ['OPENAI_BASE_URL', 'api.example.com'],
    ['HTTP_PORT', '70000'],
    ['PUBLIC_URL', 'https://a b'],
    ['OPENAI_MODEL', 'a\tb\u0007'],
    ['WECHAT_APPID', APP_ID],
  ])('refuses %s=%s in one line, and writes nothing', (name, value) => {
    const { status, stderr } = init(['--values', '-'], [`${name}="${value}"`])
    expect(status).toBeGreaterThan(0)
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(name)])
    expect(existsSync(join(dir, '.env'))).toBe(false)
    expect(existsSync(join(dir, 'secrets'))).toBe(false)
  })

  test('asks once more for what cannot be right', () => {
    init([], ['no domain here', 'bot.example.com', 'gh_1', APP_ID, ...ANSWERS.slice(2)])
    expect(settings()).toMatchObject({ DOMAIN: 'bot.example.com', WECHAT_APP_ID: APP_ID })
  })

  test('leaves to its file what is read from one', () => {
    writeFileSync(join(dir, '.env'), 'WECHAT_TOKEN_FILE=/run/secrets/token\n')
    init(['--yes', `WECHAT_APP_ID=${APP_ID}`])
    expect(settings()).not.toHaveProperty('WECHAT_TOKEN')
  })

  test('refuses an APP_SECRET in .env, which the containers would not read', () => {
    writeFileSync(join(dir, '.env'), 'APP_SECRET=abc\n')
    const { status, stderr } = init(['--yes'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('secrets/app_secret')])
    expect(text()).toBe('APP_SECRET=abc\n')
  })

  test('takes over the secret of a service that ran without containers', () => {
    mkdirSync(join(dir, 'data'))
    writeFileSync(join(dir, 'data/app-secret'), `${'A'.repeat(43)}=\n`)
    init(['--yes'])
    expect(secret('app_secret')).toBe(`${'A'.repeat(43)}=`)
  })

  test('speaks Chinese unless the terminal is set to English', () => {
    expect(init(['--yes'], [], { LANG: 'C.UTF-8' }).stdout).toContain('接下来')
    expect(init(['--yes'], [], { LC_ALL: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' }).stdout).toContain('Next')
  })

  test('runs where there is nothing but a shell and coreutils', () => {
    const bin = join(dir, 'bin')
    mkdirSync(bin)
    for (const name of [
      'dirname',
      'mkdir',
      'chmod',
      'chown',
      'cp',
      'mv',
      'rm',
      'head',
      'od',
      'tr',
      'base64',
      'id',
      'sh',
    ])
      copyFileSync(
        spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(),
        join(bin, name),
      )
    expect(init(['--yes', `WECHAT_APP_ID=${APP_ID}`], [], { PATH: bin })).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(settings().WECHAT_AES_KEY).toMatch(/^\w{43}$/)
  })
})

describe('yingda init', () => {
  const yingda = (root: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), 'init', ...args], {
      ...{ cwd: dir, encoding: 'utf8', env: programEnv() },
    })

  test('is the same script', () => {
    const { status, stdout } = yingda(ROOT, '--help')
    expect([status, stdout]).toEqual([0, expect.stringContaining('scripts/init.sh')])
    const refused = yingda(ROOT, 'WECHAT_TOKEN=abc')
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('--values')])
  })

  test('in an image says where to run it', () => {
    const image = join(dir, 'image')
    mkdirSync(image)
    for (const name of ['src', 'node_modules', 'package.json'])
      symlinkSync(join(ROOT, name), join(image, name))
    const ran = spawnSync(
      process.execPath,
      ['--preserve-symlinks', '--preserve-symlinks-main', join(image, 'src/cli/main.ts'), 'init'],
      { cwd: dir, encoding: 'utf8', env: programEnv() },
    )
    expect([ran.status, ran.stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringContaining('sh scripts/init.sh')],
    ])
  })
})
