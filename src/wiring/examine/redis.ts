import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { fieldOf, refusalOf } from '../../infra/redis-refusal.ts'
import { type Examination, error, ok, reasonOf, type Verdict, warning } from './check.ts'

const OLDEST = [6, 2] as const

export const examineRedis = (config: Config): Examination => ({
  name: 'redis',
  async run() {
    if (!config.REDIS_URL) return ok('not configured: everything runs in one process')
    const { createRedis } = await import('../../infra/redis.ts')
    const redis = createRedis(config.REDIS_URL, { log: silentLog, name: 'yingda-doctor' })
    let cause: Error | undefined
    redis.on('error', (err: Error) => {
      cause ??= err
    })
    try {
      const refusal = await refusalOf(redis)
      return refusal ? error(refusal) : judgeRedis(await redis.info())
    } catch (thrown) {
      // The command says only that the connection ended; the connection says why.
      const reason = reasonOf(cause ?? thrown)
      return error(reason, fixFor(reason))
    } finally {
      redis.disconnect()
    }
  },
})

const fixFor = (reason: string): string => {
  if (/NOAUTH|WRONGPASS|NOPERM|invalid password/i.test(reason)) return 'check user and password in REDIS_URL'
  if (/certificate/i.test(reason))
    return 'name the authority of its certificate: NODE_EXTRA_CA_CERTS=/path/ca.pem'
  return 'check REDIS_URL and that Redis runs'
}

/** `info`: the reply to INFO. */
export const judgeRedis = (info: string): Verdict => {
  const field = (name: string) => fieldOf(info, name)
  const version = field('redis_version') ?? 'unknown'
  const policy = field('maxmemory_policy')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return error(`version ${version}`, `Redis ${OLDEST.join('.')} or newer is needed`)
  if (field('role') === 'slave')
    return error(`version ${version}, a replica: it can only be read`, 'name the primary in REDIS_URL')
  if (policy && policy !== 'noeviction') {
    const detail = `version ${version}, maxmemory-policy ${policy}: when memory is short Redis would throw queued turns away`
    return warning(detail, 'set maxmemory-policy noeviction in redis.conf')
  }
  return ok(`version ${version}`)
}
