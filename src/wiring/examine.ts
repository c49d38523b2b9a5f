import { type Clock, systemClock } from '../base/clock.ts'
import type { Config, Env } from '../base/config.ts'
import { SETTINGS, type SettingName } from '../base/settings.ts'
import { examineBackup } from './examine/backup.ts'
import { examineChannels } from './examine/channels.ts'
import { type Check, conclude } from './examine/check.ts'
import { examineClock } from './examine/clock.ts'
import { examineDatabase } from './examine/database.ts'
import { examineFiles } from './examine/files.ts'
import { examinePrivacy } from './examine/privacy.ts'
import { examineRedis } from './examine/redis.ts'
import { examineSettings } from './examine/unwise.ts'
import { examineWechat } from './examine/wechat.ts'

/** The last resort: every check ends by itself before. */
const WITHIN_MS = 10_000
/** Anything shorter would blank out parts of words, and is no secret. */
const MIN_SECRET_CHARS = 4

/**
 * Looks at everything the service needs, all at once, each within ten seconds. Changes nothing but what is remembered
 * of the account, and holds no secrets.
 */
export const examine = async (config: Config, env: Env, clock: Clock = systemClock): Promise<Check[]> => {
  const examinations = [
    ...examineDatabase(config),
    examineRedis(config),
    ...examineWechat(config, clock),
    ...(await examineChannels(config, env)),
    ...examineFiles(config),
    examinePrivacy(config),
    examineBackup(config, clock),
    ...examineSettings(config),
    examineClock(config, clock),
  ]
  const checks = await Promise.all(examinations.map((each) => conclude(each, WITHIN_MS)))
  const secrets = secretsOf(config)
  return checks.map(({ detail, fix, ...rest }) => ({
    ...rest,
    detail: blank(detail, secrets),
    ...(fix ? { fix: blank(fix, secrets) } : {}),
  }))
}

/** Values of secret settings; of an address, its password. */
const secretsOf = (config: Config): string[] =>
  Object.keys(SETTINGS)
    .filter((name): name is SettingName => name in SETTINGS)
    .filter((name) => 'secret' in SETTINGS[name])
    .flatMap((name) => {
      const value = String(config[name] ?? '')
      if (!URL.canParse(value)) return [value]
      const { password } = new URL(value)
      return [password, decodeURIComponent(password)]
    })
    .filter((value) => value.length >= MIN_SECRET_CHARS)

const blank = (text: string, secrets: string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
