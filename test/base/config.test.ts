import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Env, readConfig } from '../../src/base/config.ts'
import { speak } from '../../src/base/say.ts'
import type { Setting } from '../../src/base/settings/setting.ts'
import { envExample, SETTINGS } from '../../src/base/settings.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-config-'))
})
afterEach(() => {
  speak('en')
  rmSync(dir, { recursive: true })
})

const configOf = (env: Env) => {
  const read = readConfig(env, dir)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.config
}
const problemsOf = (env: Env): string[] => {
  const read = readConfig(env, dir)
  return read.ok ? [] : read.problems
}
const real = { WECHAT_APP_ID: 'wx1', WECHAT_APP_SECRET: 's', WECHAT_TOKEN: 't' }

describe('a proxy of the environment', () => {
  test.each([
    ['http://127.0.0.1:7890', 'http://127.0.0.1:7890'],
    ['127.0.0.1:7890', 'http://127.0.0.1:7890'],
    ['socks5h://127.0.0.1:1080', 'socks5://127.0.0.1:1080'],
  ])('%s is taken, in small letters too', (written, proxy) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      const read = readConfig({ [name]: written }, '/nowhere')
      expect(read.ok && read.config.HTTPS_PROXY).toBe(proxy)
    }
  })

  test('that is none is a problem, and its value is not shown', () => {
    const read = readConfig({ http_proxy: 'ftp://me:secret@h' }, '/nowhere')
    expect(read).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^HTTP_PROXY is not right: expected/)],
    })
    expect(JSON.stringify(read)).not.toContain('secret')
  })
})

describe('the configuration', () => {
  test('nothing set means the sandbox on this machine, with SQLite', () => {
    expect(configOf({})).toMatchObject({
      ...{ PORT: 8080, HOST: '127.0.0.1', ROLE: 'all', SANDBOX: true, WECHAT_REPLY_BUDGET_MS: 4500 },
      ...{ LOCALE: 'zh-CN', AI_LABEL: true, RATE_PER_MINUTE: 20, WORKER_CONCURRENCY: 50 },
      DATA_DIR: join(dir, 'data'),
      DATABASE_URL: `sqlite:${join(dir, 'data', 'yingda.sqlite')}`,
    })
  })

  test('credentials end the sandbox, unless it is asked for', () => {
    expect(configOf(real).SANDBOX).toBe(false)
    expect(configOf({ ...real, SANDBOX: '1' }).SANDBOX).toBe(true)
  })

  test.each(['http://localhost:8080', 'http://127.0.0.1', 'http://127.1:3000', 'http://[::1]:8080'])(
    'the sandbox runs under %s, which leads to this machine',
    (url) => {
      expect(configOf({ PUBLIC_URL: url })).toMatchObject({ SANDBOX: true })
    },
  )

  test('all mistakes are told together, with the fix, without a secret', () => {
    const problems = problemsOf({
      PORT: '80800',
      LOCALE: 'fr',
      WECHAT_AES_KEY: 'too-short-secret',
      DATABASE_URL: 'postgres://user:pass@host/db',
      APP_SECRET: 'c2VjcmV0',
      WECHAT_APPID: 'wx1',
    })
    expect(problems).toHaveLength(6)
    expect(problems.join('\n')).toMatch(/PORT.*port number/)
    expect(problems.join('\n')).toMatch(/LOCALE.*zh-CN or en/)
    expect(problems.join('\n')).toMatch(/APP_SECRET.*openssl rand/)
    expect(problems.join('\n')).toMatch(/WECHAT_APPID is unknown.*WECHAT_APP_ID/)
    expect(problems.join('\n')).not.toMatch(/too-short-secret|user:pass@host\/db|c2VjcmV0/)
  })

  test.each([
    [
      {
        ROLE: 'api',
        ...real,
        DATABASE_URL: 'mysql://u@h/d',
        APP_SECRET: Buffer.alloc(32).toString('base64'),
      },
      /REDIS_URL/,
    ],
    [{ ROLE: 'worker', ...real, REDIS_URL: 'redis://h' }, /DATABASE_URL=mysql/],
    [{ DATABASE_URL: 'mysql://u@h/d' }, /APP_SECRET is required/],
    [{ HOST: '0.0.0.0' }, /SANDBOX refuses a HOST/],
    [{ HOST: '10.0.0.1', SANDBOX: '1', ...real }, /SANDBOX refuses a HOST/],
    [{ PUBLIC_URL: 'https://bot.example.com' }, /SANDBOX refuses a PUBLIC_URL.*set them.*or remove/],
    [{ PUBLIC_URL: 'http://192.168.1.5:8080' }, /SANDBOX refuses a PUBLIC_URL/],
    [{ PUBLIC_URL: 'http://127.0.0.1.example.com' }, /SANDBOX refuses a PUBLIC_URL/],
    [{ PUBLIC_URL: 'https://bot.example.com', SANDBOX: '1', ...real }, /SANDBOX refuses a PUBLIC_URL/],
    [
      { WECHAT_QR_URL: 'javascript:alert(1)' },
      /WECHAT_QR_URL is not right: expected an http\(s\) URL of a picture/,
    ],
    [{ WECHAT_QR_URL: './qr.png' }, /WECHAT_QR_URL is not right/],
    [{ WECHAT_OAUTH_BASE: 'open.weixin.qq.com' }, /WECHAT_OAUTH_BASE is not right/],
    [{ SANDBOX: '0' }, /WECHAT_TOKEN is missing/],
    [{ SANDBOX: '0', WECHAT_TOKEN: 't', WECHAT_APP_SECRET: 's' }, /WECHAT_APP_ID is missing/],
    [{ PORT: '-1' }, /PORT/],
    [{ PORT: '1e3' }, /PORT/],
    [{ WECHAT_REPLY_BUDGET_MS: '5000' }, /WECHAT_REPLY_BUDGET_MS/],
    [{ OPENAI_BASE_URL: 'javascript:alert(1)' }, /OPENAI_BASE_URL/],
  ])('%j is refused', (env, expected) => {
    const problems = problemsOf(env)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(expected)
    expect(problems[0]).not.toMatch(/\p{Script=Han}/u)
    speak('zh')
    expect(problemsOf(env)).toEqual([expect.stringMatching(/[不没只需缺必].*：.*\p{Script=Han}/u)])
  })

  test('a setting is described in both languages, and each keeps to itself', () => {
    for (const { about, fix, fallbackText = '' } of Object.values<Setting<unknown>>(SETTINGS)) {
      const chinese = [about.zh, typeof fallbackText === 'string' ? '应答' : fallbackText.zh]
      for (const text of chinese) expect(text).toMatch(/\p{Script=Han}|DATA_DIR/u)
      const english = [about.en, fix.en, typeof fallbackText === 'string' ? '' : fallbackText.en]
      // What WeChat calls its accounts is a name.
      for (const text of english) expect(text.replace(/服务号|公众号/g, '')).not.toMatch(/\p{Script=Han}/u)
    }
  })

  test.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1'])('the sandbox may listen on %s', (HOST) => {
    expect(configOf({ HOST }).HOST).toBe(HOST)
  })

  test('.env is read, the environment goes before it, and empty values count as missing', () => {
    writeFileSync(join(dir, '.env'), 'PORT=9000\nLOCALE="en"\nRATE_PER_MINUTE=\nOPENAI_KEY_1=abc\n')
    expect(configOf({ PORT: '9001' })).toMatchObject({ PORT: 9001, LOCALE: 'en', RATE_PER_MINUTE: 20 })
  })

  test('a near miss in .env is a mistake, any other unknown name there is not', () => {
    writeFileSync(join(dir, '.env'), 'RATE_PER_MINUT=3\nMY_OWN=1\n')
    expect(problemsOf({})).toEqual(['RATE_PER_MINUT is unknown: did you mean RATE_PER_MINUTE?'])
  })

  test('NAME_FILE reads the value from a file, without its line end', () => {
    writeFileSync(join(dir, 'token'), 'from-a-file\n')
    expect(configOf({ ...real, WECHAT_TOKEN: '', WECHAT_TOKEN_FILE: 'token' }).WECHAT_TOKEN).toBe(
      'from-a-file',
    )
    expect(problemsOf({ ...real, WECHAT_TOKEN_FILE: 'token' })[0]).toMatch(/both set/)
    expect(problemsOf({ WECHAT_TOKEN_FILE: 'none' })[0]).toMatch(/WECHAT_TOKEN_FILE: cannot read/)
  })

  test('.env.example shows every setting, and used as it is changes nothing', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
    expect(example).toBe(envExample())
    for (const name of Object.keys(SETTINGS)) expect(example).toMatch(new RegExp(`^#${name}=`, 'm'))
    writeFileSync(join(dir, '.env'), example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''))
    expect(configOf({})).toEqual(configOf({ DATA_DIR: 'data' }))
  })
})
