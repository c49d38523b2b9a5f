import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { closestName } from './closest-name.ts'
import { errorCode } from './error-code.ts'
import { isLoopbackName, isLoopbackUrl } from './loopback.ts'
import { type OperatorLanguage, operatorLanguage } from './say.ts'
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './settings.ts'
import { readDatabaseAddress, redisProblem } from './store-address.ts'

export type Config = Omit<SettingValues, 'SANDBOX' | 'DATABASE_URL' | 'PUBLIC_URL'> & {
  SANDBOX: boolean
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
  const fileEnv = readEnvFile(join(cwd, '.env'), problems)
  const all: Env = { ...fileEnv, ...env, ...proxyNames({ ...fileEnv, ...env }) }
  problems.push(...unknownNames(env, fileEnv))

  const values = Object.fromEntries(NAMES.map((name) => [name, readSetting(name, all, cwd, problems)]))
  const settings = values as SettingValues
  const config: Config = {
    ...settings,
    DATA_DIR: resolve(cwd, settings.DATA_DIR ?? '.'),
    SANDBOX:
      settings.SANDBOX ?? !(settings.WECHAT_APP_ID || settings.WECHAT_TOKEN || settings.WECHAT_APP_SECRET),
    DATABASE_URL:
      settings.DATABASE_URL ?? `sqlite:${resolve(cwd, settings.DATA_DIR ?? '.', 'yingda.sqlite')}`,
  }
  problems.push(...addressProblems(config))
  if (problems.length === 0) problems.push(...contradictions(config))
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config, env: all }
}

/** In which language the operator is spoken to, found before any setting is judged. */
export const readOperatorLanguage = (env: Env, cwd = process.cwd()): OperatorLanguage =>
  operatorLanguage({ LOCALE: readEnvFile(join(cwd, '.env'), []).LOCALE, ...env })

const readSetting = (name: SettingName, env: Env, cwd: string, problems: string[]): unknown => {
  const { read, fallback, fix }: Setting<unknown> = SETTINGS[name]
  const path = env[`${name}_FILE`]
  // A setting whose own name ends in _FILE is a path already.
  const isPath = name.endsWith('_FILE')
  let raw = env[name]
  if (raw && path && !isPath) {
    problems.push(`${name} and ${name}_FILE are both set: keep one of them`)
    return fallback
  }
  if (!raw && path && !isPath) {
    try {
      raw = readFileSync(resolve(cwd, path), 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE: cannot read the file it names: check the path and its permissions`)
      return fallback
    }
  }
  if (raw === undefined || raw === '') return fallback
  const parsed = read.safeParse(raw)
  if (parsed.success) return parsed.data
  problems.push(`${name} is not right: expected ${fix}`)
  return fallback
}

/** These are written in small letters as often as in capitals, which count first. */
const proxyNames = (env: Env): Env =>
  Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map((name) => [name, env[name] || env[name.toLowerCase()]]),
  )

const readEnvFile = (path: string, problems: string[]): Env => {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') problems.push('.env cannot be read: check its permissions')
    return {}
  }
}

/**
 * `.env` may hold names that channels.yaml expands, and the environment holds anything: an unknown name counts as a
 * mistake when it claims to be ours (WECHAT_…) or, in `.env`, when it is a near miss of one of ours.
 */
const unknownNames = (env: Env, fileEnv: Env): string[] => {
  const unknown = new Set<string>()
  for (const name of Object.keys({ ...env, ...fileEnv })) {
    if (KNOWN.includes(name)) continue
    if (name.startsWith('WECHAT_') || (name in fileEnv && closestName(name, NAMES))) unknown.add(name)
  }
  return [...unknown].map((name) => {
    const meant = closestName(name, KNOWN)
    return `${name} is unknown: ${meant ? `did you mean ${meant}?` : 'remove it; .env.example lists every name'}`
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
        problems.push(`DATABASE_URL names a file for TLS that cannot be read: check ${path}`)
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
  const problems: string[] = []
  if (config.ROLE !== 'all' && !config.REDIS_URL)
    problems.push(`ROLE=${config.ROLE} needs REDIS_URL: set it, or leave ROLE at all`)
  if (config.ROLE !== 'all' && config.DATABASE_URL.startsWith('sqlite:'))
    problems.push(`ROLE=${config.ROLE} needs a database both processes reach: set DATABASE_URL=mysql://…`)
  if (config.DATABASE_URL.startsWith('mysql:') && !config.APP_SECRET)
    problems.push('APP_SECRET is required with MySQL: make one with: openssl rand -base64 32')
  if (config.METRICS_PORT && config.METRICS_PORT === config.PORT)
    problems.push('METRICS_PORT is the same as PORT: choose another, or leave it out')
  if (config.SANDBOX && !isLoopbackName(config.HOST))
    problems.push(
      'SANDBOX refuses a HOST that is not loopback: set HOST=127.0.0.1, or set the WECHAT_ credentials',
    )
  if (config.SANDBOX && config.PUBLIC_URL && !isLoopbackUrl(config.PUBLIC_URL))
    problems.push(
      'SANDBOX refuses a PUBLIC_URL that is not loopback, as anybody would be any user there, and without the WECHAT_ ' +
        'credentials the sandbox is on: set them (WECHAT_APP_ID, WECHAT_TOKEN …), or remove PUBLIC_URL to try things out',
    )
  if (config.SANDBOX && config.ROLE !== 'all') problems.push('SANDBOX runs in one process: leave ROLE at all')
  if (!config.SANDBOX && !config.WECHAT_TOKEN)
    problems.push('WECHAT_TOKEN is missing: copy it from the server configuration of the account')
  if (!config.SANDBOX && !config.WECHAT_APP_ID && (config.WECHAT_AES_KEY || config.WECHAT_APP_SECRET))
    problems.push("WECHAT_APP_ID is missing: copy it from the account's settings page")
  return problems
}

function isSettingName(name: string): name is SettingName {
  return name in SETTINGS
}
