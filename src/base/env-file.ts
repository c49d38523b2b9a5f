import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { errorCode } from './error-code.ts'
import { type OperatorLanguage, operatorLanguage } from './say.ts'

/** Loads nothing but Node's own: the health check reads its few settings by it, every few seconds. */

type Env = { readonly [name: string]: string | undefined }

/** What `.env` of the folder holds; nothing when there is none. */
export const readEnvFile = (folder: string): { readable: boolean; env: Env } => {
  try {
    return { readable: true, env: parseEnv(readFileSync(join(folder, '.env'), 'utf8')) }
  } catch (error) {
    return { readable: errorCode(error) === 'ENOENT', env: {} }
  }
}

/** In which language the operator is spoken to, found before any setting is judged. */
export const readOperatorLanguage = (env: Env, cwd = process.cwd()): OperatorLanguage =>
  operatorLanguage({ LOCALE: readEnvFile(cwd).env.LOCALE, ...env })

/** One setting as it is written, unjudged: of the environment, of `.env`, or of the file that NAME_FILE names. */
export const rawSetting = (name: string, env: Env, cwd = process.cwd()): string | undefined => {
  const all = { ...readEnvFile(cwd).env, ...env }
  const path = all[`${name}_FILE`]
  if (all[name] || !path) return all[name] || undefined
  try {
    return readFileSync(resolve(cwd, path), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
