import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import { fieldOf, refusalOf } from '../../infra/redis-refusal.ts'
import { type Examination, error, ok, reasonOf, type Verdict, warning } from './check.ts'

const OLDEST = [6, 2] as const

export const examineRedis = (config: Config): Examination => ({
  name: 'redis',
  async run() {
    if (!config.REDIS_URL)
      return ok(
        say({
          zh: '没有设置：全部在一个进程里运行',
          en: 'not configured: everything runs in one process',
        }),
      )
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
      return error(say({ zh: `Redis 用不了（${reason}）`, en: reason }), fixFor(reason))
    } finally {
      redis.disconnect()
    }
  },
})

const fixFor = (reason: string): string => {
  if (/NOAUTH|WRONGPASS|NOPERM|invalid password/i.test(reason))
    return say({
      zh: '请检查 REDIS_URL 里的用户名和密码',
      en: 'check user and password in REDIS_URL',
    })
  if (/certificate/i.test(reason))
    return say({
      zh: '请写明它的证书由谁签发：NODE_EXTRA_CA_CERTS=/路径/ca.pem',
      en: 'name the authority of its certificate: NODE_EXTRA_CA_CERTS=/path/ca.pem',
    })
  return say({
    zh: '请检查 REDIS_URL，以及 Redis 是否在运行',
    en: 'check REDIS_URL and that Redis runs',
  })
}

/** `info`: the reply to INFO. */
export const judgeRedis = (info: string): Verdict => {
  const field = (name: string) => fieldOf(info, name)
  const version = field('redis_version') ?? '?'
  const shown = say({ zh: `版本 ${version}`, en: `version ${version}` })
  const policy = field('maxmemory_policy')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return error(
      shown,
      say({
        zh: `需要 Redis ${OLDEST.join('.')} 或更新的版本`,
        en: `Redis ${OLDEST.join('.')} or newer is needed`,
      }),
    )
  if (field('role') === 'slave')
    return error(
      say({
        zh: `${shown}，是从库，只能读`,
        en: `${shown}, a replica: it can only be read`,
      }),
      say({ zh: '请在 REDIS_URL 里写主库', en: 'name the primary in REDIS_URL' }),
    )
  if (policy && policy !== 'noeviction') {
    return warning(
      say({
        zh: `${shown}，maxmemory-policy 是 ${policy}：内存不够时 Redis 会丢掉排队的问题`,
        en: `${shown}, maxmemory-policy ${policy}: when memory is short Redis would throw queued turns away`,
      }),
      say({
        zh: '请在 redis.conf 里设置 maxmemory-policy noeviction',
        en: 'set maxmemory-policy noeviction in redis.conf',
      }),
    )
  }
  return ok(shown)
}
