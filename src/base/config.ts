import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { closestName } from './closest-name.ts'
import { readEnvFile } from './env-file.ts'
import { isLoopbackName, isLoopbackUrl } from './loopback.ts'
import { afterHan, say } from './say.ts'
import { COMPOSE_NAMES } from './settings/compose.ts'
import type { Setting } from './settings/setting.ts'
import { SETTINGS, type SettingName, type SettingValues } from './settings.ts'
import { readDatabaseAddress, redisProblem } from './store-address.ts'

export type Config = Omit<SettingValues, 'SANDBOX' | 'CONFIG_DIR' | 'DATABASE_URL' | 'PUBLIC_URL'> & {
  SANDBOX: boolean
  CONFIG_DIR: string
  DATABASE_URL: string
  PUBLIC_URL: string | undefined
}

/** `env`: all there is in the environment and in `.env`, for the `${NAME}` of other files. */
export type ConfigResult = { ok: true; config: Config; env: Env } | { ok: false; problems: string[] }

export type Env = { readonly [name: string]: string | undefined }

const NAMES = Object.keys(SETTINGS).filter(isSettingName)
const KNOWN = [...NAMES, ...NAMES.map((name) => `${name}_FILE`)]

/**
 * Reads every setting from the environment, then from `.env`, and checks what only makes sense together. All
 * mistakes come back at once, each naming the variable and the fix, never the value of a secret.
 */
export const readConfig = (env: Env, cwd = process.cwd()): ConfigResult => {
  const problems: string[] = []
  const { readable, env: fileEnv } = readEnvFile(cwd)
  if (!readable)
    problems.push(
      say({ zh: '.env 读不了：请检查它的权限', en: '.env cannot be read: check its permissions' }),
    )
  const all: Env = { ...fileEnv, ...env, ...proxyNames({ ...fileEnv, ...env }) }
  problems.push(...unknownNames(env, fileEnv))

  const values = Object.fromEntries(NAMES.map((name) => [name, readSetting(name, all, cwd, problems)]))
  const settings = values as SettingValues
  const config: Config = {
    ...settings,
    DATA_DIR: resolve(cwd, settings.DATA_DIR ?? '.'),
    CONFIG_DIR: resolve(cwd, settings.CONFIG_DIR ?? settings.DATA_DIR ?? '.'),
    SANDBOX:
      settings.SANDBOX ?? !(settings.WECHAT_APP_ID || settings.WECHAT_TOKEN || settings.WECHAT_APP_SECRET),
    DATABASE_URL:
      settings.DATABASE_URL ?? `sqlite:${resolve(cwd, settings.DATA_DIR ?? '.', 'yingda.sqlite')}`,
  }
  problems.push(...addressProblems(config))
  if (problems.length === 0) problems.push(...contradictions(config))
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config, env: all }
}

const readSetting = (name: SettingName, env: Env, cwd: string, problems: string[]): unknown => {
  const { read, fallback, fix }: Setting<unknown> = SETTINGS[name]
  const path = env[`${name}_FILE`]
  // A setting whose own name ends in _FILE is a path already.
  const isPath = name.endsWith('_FILE')
  let raw = env[name]
  if (raw && path && !isPath) {
    problems.push(
      say({
        zh: `${name} 和 ${name}_FILE 都设置了：请只留一个`,
        en: `${name} and ${name}_FILE are both set: keep one of them`,
      }),
    )
    return fallback
  }
  if (!raw && path && !isPath) {
    try {
      raw = readFileSync(resolve(cwd, path), 'utf8').trim()
    } catch {
      problems.push(
        say({
          zh: `${name}_FILE 指的文件读不了：请检查路径和权限`,
          en: `${name}_FILE: cannot read the file it names: check the path and its permissions`,
        }),
      )
      return fallback
    }
  }
  if (raw === undefined || raw === '') return fallback
  const parsed = read.safeParse(raw)
  if (parsed.success) return parsed.data
  problems.push(
    say({ zh: `${name} 不对：应为${afterHan(fix.zh)}`, en: `${name} is not right: expected ${fix.en}` }),
  )
  return fallback
}

/** These are written in small letters as often as in capitals, which count first. */
const proxyNames = (env: Env): Env =>
  Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map((name) => [name, env[name] || env[name.toLowerCase()]]),
  )

/**
 * `.env` may hold names that channels.yaml expands, and the environment holds anything: an unknown name counts as a
 * mistake when it claims to be ours (WECHAT_…) or, in `.env`, when it is a near miss of one of ours.
 */
const unknownNames = (env: Env, fileEnv: Env): string[] => {
  const unknown = new Set<string>()
  for (const name of Object.keys({ ...env, ...fileEnv })) {
    if (KNOWN.includes(name) || name in COMPOSE_NAMES) continue
    if (name.startsWith('WECHAT_') || (name in fileEnv && closestName(name, NAMES))) unknown.add(name)
  }
  return [...unknown].map((name) => {
    const meant = closestName(name, KNOWN)
    return meant
      ? say({
          zh: `没有 ${name} 这个设置：是不是 ${meant}？`,
          en: `${name} is unknown: did you mean ${meant}?`,
        })
      : say({
          zh: `没有 ${name} 这个设置：请删掉它；.env.example 里有全部名字`,
          en: `${name} is unknown: remove it; .env.example lists every name`,
        })
  })
}

const addressProblems = ({ DATABASE_URL, REDIS_URL }: Config): string[] => {
  const problems: string[] = []
  const database = readDatabaseAddress(DATABASE_URL)
  if (!database.ok) problems.push(`DATABASE_URL ${database.problem}`)
  else if (database.address.engine === 'mysql') {
    const { ca, cert, key } = database.address.tls ?? {}
    for (const path of [ca, cert, key])
      if (path !== undefined && !canRead(path))
        problems.push(
          say({
            zh: `DATABASE_URL 里写的 TLS 文件读不了：请检查 ${path}`,
            en: `DATABASE_URL names a file for TLS that cannot be read: check ${path}`,
          }),
        )
  }
  const redis = REDIS_URL === undefined ? undefined : redisProblem(REDIS_URL)
  if (redis) problems.push(`REDIS_URL ${redis}`)
  return problems
}

const canRead = (path: string): boolean => {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

/** Whether users can be sent to the page: without PUBLIC_URL its address is one of this machine. */
export const hasPublicAddress = ({ PUBLIC_URL }: Pick<Config, 'PUBLIC_URL'>): boolean =>
  PUBLIC_URL !== undefined && !isLoopbackUrl(PUBLIC_URL)

/**
 * Whether users are told of the page. With an account at the real WeChat and no PUBLIC_URL they would be sent to their own
 * phone; where WeChat is simulated on this machine, they sit here as well.
 */
export const isOpenToUsers = ({ PUBLIC_URL, SANDBOX, WECHAT_APP_SECRET, WECHAT_API_BASE }: Config): boolean =>
  PUBLIC_URL !== undefined || SANDBOX || WECHAT_APP_SECRET === undefined || isLoopbackUrl(WECHAT_API_BASE)

const contradictions = (config: Config): string[] => {
  const { ROLE, SANDBOX } = config
  const problems: string[] = []
  if (ROLE !== 'all' && !config.REDIS_URL)
    problems.push(
      say({
        zh: `ROLE=${ROLE} 需要 REDIS_URL：请设置它，或者把 ROLE 改回 all`,
        en: `ROLE=${ROLE} needs REDIS_URL: set it, or leave ROLE at all`,
      }),
    )
  if (ROLE !== 'all' && config.DATABASE_URL.startsWith('sqlite:'))
    problems.push(
      say({
        zh: `ROLE=${ROLE} 需要两个进程都能连上的数据库：请设置 DATABASE_URL=mysql://…`,
        en: `ROLE=${ROLE} needs a database both processes reach: set DATABASE_URL=mysql://…`,
      }),
    )
  if (config.DATABASE_URL.startsWith('mysql:') && !config.APP_SECRET)
    problems.push(
      say({
        zh: '用 MySQL 时必须设置 APP_SECRET：生成一个：openssl rand -base64 32',
        en: 'APP_SECRET is required with MySQL: make one with: openssl rand -base64 32',
      }),
    )
  if (config.METRICS_PORT && config.METRICS_PORT === config.PORT)
    problems.push(
      say({
        zh: 'METRICS_PORT 和 PORT 一样：请换一个端口，或者不设它',
        en: 'METRICS_PORT is the same as PORT: choose another, or leave it out',
      }),
    )
  if (SANDBOX && !isLoopbackName(config.HOST))
    problems.push(
      say({
        zh: '沙盒（SANDBOX）里 HOST 只能是本机地址：请设置 HOST=127.0.0.1，或者填好 WECHAT_ 开头的账号信息',
        en: 'SANDBOX refuses a HOST that is not loopback: set HOST=127.0.0.1, or set the WECHAT_ credentials',
      }),
    )
  if (SANDBOX && config.PUBLIC_URL && !isLoopbackUrl(config.PUBLIC_URL))
    problems.push(
      say({
        zh:
          '沙盒（SANDBOX）里 PUBLIC_URL 只能是本机地址，因为谁都可以冒充任何用户；没有填 WECHAT_ 开头的账号信息就是沙盒：' +
          '请填好它们（WECHAT_APP_ID、WECHAT_TOKEN……），只想试用就去掉 PUBLIC_URL',
        en:
          'SANDBOX refuses a PUBLIC_URL that is not loopback, as anybody would be any user there, and without the WECHAT_ ' +
          'credentials the sandbox is on: set them (WECHAT_APP_ID, WECHAT_TOKEN …), or remove PUBLIC_URL to try things out',
      }),
    )
  if (SANDBOX && ROLE !== 'all')
    problems.push(
      say({
        zh: '沙盒（SANDBOX）只能在一个进程里运行：请把 ROLE 改回 all',
        en: 'SANDBOX runs in one process: leave ROLE at all',
      }),
    )
  if (!SANDBOX && !config.WECHAT_TOKEN)
    problems.push(
      say({
        zh: '缺少 WECHAT_TOKEN：请从公众号后台的「服务器配置」里复制',
        en: 'WECHAT_TOKEN is missing: copy it from the server configuration of the account',
      }),
    )
  if (!SANDBOX && !config.WECHAT_APP_ID && (config.WECHAT_AES_KEY || config.WECHAT_APP_SECRET))
    problems.push(
      say({
        zh: '缺少 WECHAT_APP_ID：请从公众号后台的设置里复制',
        en: "WECHAT_APP_ID is missing: copy it from the account's settings page",
      }),
    )
  return problems
}

function isSettingName(name: string): name is SettingName {
  return name in SETTINGS
}
