import { hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { errorCode } from './error-code.ts'
import { makePrivateFolder } from './private-files.ts'
import { say } from './say.ts'

/** 32 bytes each. What is sealed or signed is so with `current`; the `previous` ones, newest first, still open. */
export type AppSecrets = { current: Buffer; previous: readonly Buffer[] }

/** In the order they are tried in. */
export const allSecrets = ({ current, previous }: AppSecrets): Buffer[] => [current, ...previous]

/** No secret to work with. The message says what to do and never holds the secret. */
export class AppSecretError extends Error {
  readonly code = 'bad-app-secret'
  constructor(message: string) {
    super(message)
    this.name = 'AppSecretError'
  }
}

/**
 * From the settings; with SQLite and none set, from the file `app-secret` in DATA_DIR, which is made at the first start,
 * unless `make` is false. Throws AppSecretError when there is none or the file is broken.
 */
export const loadAppSecrets = (
  config: Pick<Config, 'APP_SECRET' | 'APP_SECRET_PREVIOUS' | 'DATA_DIR' | 'DATABASE_URL'>,
  { make = true } = {},
): AppSecrets => ({
  current:
    config.APP_SECRET === undefined ? secretOfFolder(config, make) : decode(config.APP_SECRET, 'APP_SECRET'),
  previous: splitSecrets(config.APP_SECRET_PREVIOUS ?? '').map((each) => decode(each, 'APP_SECRET_PREVIOUS')),
})

/** One after the other, on lines of their own or with commas between. */
export const splitSecrets = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== '')

/** A key of its own for each purpose (HKDF-SHA256, RFC 5869), so that none can be used for another's. */
export const deriveKey = (secret: Buffer, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `yingda/${purpose}/v1`, bytes))

const SECRET_BYTES = 32

export const appSecretFile = (dataDir: string): string => join(dataDir, 'app-secret')

const secretOfFolder = (
  { DATA_DIR, DATABASE_URL }: Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>,
  make: boolean,
): Buffer => {
  if (!DATABASE_URL.startsWith('sqlite:'))
    throw new AppSecretError(
      say({
        zh: '用 MySQL 时必须设置 APP_SECRET：生成一个：openssl rand -base64 32',
        en: 'APP_SECRET is required with MySQL: make one with: openssl rand -base64 32',
      }),
    )
  const path = appSecretFile(DATA_DIR)
  const written = readIfThere(path) ?? (make ? publish(DATA_DIR, path) : undefined)
  if (written === undefined)
    throw new AppSecretError(
      say({
        zh: `没有 ${path} 这个文件：请设置 APP_SECRET，或者把 DATA_DIR 设成服务的数据文件夹`,
        en: `there is no ${path}: set APP_SECRET, or DATA_DIR to the folder of the service`,
      }),
    )
  return decode(written.trim(), path)
}

/**
 * Written in full under another name, then linked: of two processes that start at once one finds the name taken, and
 * neither ever reads half a file. Gives what the file holds in the end.
 */
const publish = (folder: string, path: string): string => {
  const draft = `${path}.${randomUUID()}`
  try {
    makePrivateFolder(folder)
    const secret = `${randomBytes(SECRET_BYTES).toString('base64')}\n`
    writeFileSync(draft, secret, { flag: 'wx', mode: 0o600, flush: true })
    linkSync(draft, path)
    return secret
  } catch (error) {
    const taken = errorCode(error) === 'EEXIST' ? readIfThere(path) : undefined
    if (taken !== undefined) return taken
    throw new AppSecretError(
      say({
        zh: `${path} 写不了（${errorCode(error)}）：请检查文件夹的权限，或者设置 APP_SECRET`,
        en: `${path} cannot be made (${errorCode(error)}): check the folder's permissions, or set APP_SECRET`,
      }),
    )
  } finally {
    rmSync(draft, { force: true })
  }
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new AppSecretError(
      say({
        zh: `${path} 读不了（${errorCode(error)}）：请检查它的权限，或者设置 APP_SECRET`,
        en: `${path} cannot be read (${errorCode(error)}): check its permissions, or set APP_SECRET`,
      }),
    )
  }
}

const decode = (text: string, where: string): Buffer => {
  const secret = Buffer.from(text, 'base64')
  if (secret.length === SECRET_BYTES) return secret
  throw new AppSecretError(
    say({
      zh: `${where} 里不是 base64 写的 32 字节：请放回原来的密钥；换一个新的，以前封装的都打不开了`,
      en: `${where} does not hold 32 bytes in base64: put the right secret back; a new one would open nothing sealed so far`,
    }),
  )
}
