import { type Config, type Env, readConfig } from './base/config.ts'
import { readOperatorLanguage } from './base/env-file.ts'
import { errorCode } from './base/error-code.ts'
import { createLog, type Log } from './base/log.ts'
import { makeAllPrivate } from './base/private-files.ts'
import { say, speak } from './base/say.ts'

makeAllPrivate()
speak(readOperatorLanguage(process.env))

const start = async (parts: {
  config: Config
  env: Env
  log: Log
}): Promise<{ url?: string; close(): Promise<void> }> => {
  const { ROLE } = parts.config
  if (ROLE === 'worker') return (await import('./roles/worker.ts')).startWorker(parts)
  return (await import('./roles/api.ts')).startApi(parts, ROLE === 'all')
}

const main = async (): Promise<void> => {
  const read = readConfig(process.env)
  if (!read.ok) {
    for (const problem of read.problems) console.error(`yingda: ${problem}`)
    process.exit(1)
  }
  const { config, env } = read
  const log = createLog(config.LOG_LEVEL)

  // A promise nobody waits for is a bug, but not a reason to hang up on every other user.
  process.on('unhandledRejection', (err) => log.error({ err }, 'an unhandled rejection'))

  const service = await start({ config, env, log }).catch((err) => {
    log.debug({ err }, 'the start failed')
    console.error(`yingda: ${say({ zh: '启动不了：', en: 'cannot start: ' })}${reasonOf(err, config)}`)
    process.exit(1)
  })
  announce(config, service.url)

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    await service.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => void stop('SIGINT'))
}

const announce = (config: Config, url: string | undefined): void => {
  console.log(
    url
      ? say({ zh: `应答已就绪：${url}`, en: `Yingda is ready on ${url}` })
      : say({ zh: '应答的 worker 已就绪。', en: 'Yingda worker is ready.' }),
  )
  if (!config.SANDBOX) return
  console.log(
    [
      '',
      say({
        zh: '沙盒模式：微信是模拟的，不需要公众号，也不需要 API Key。',
        en: 'Sandbox mode: a simulated WeChat, no account and no key needed.',
      }),
      say({ zh: `  模拟手机：${url}/sandbox`, en: `  The phone:  ${url}/sandbox` }),
      say({ zh: `  网页：    ${url}/`, en: `  The page:   ${url}/` }),
    ].join('\n'),
  )
}

/** One line for the operator; the stack is in the debug log. */
const reasonOf = (err: unknown, config: Config): string => {
  const code = errorCode(err)
  if (code === 'EADDRINUSE')
    return say({
      zh: `端口 ${config.PORT} 已被占用：请停掉占用它的程序，或者设置 PORT 换一个端口`,
      en: `port ${config.PORT} is in use: stop what uses it, or set PORT`,
    })
  if (code === 'ECONNREFUSED')
    return say({
      zh: '数据库没有应答：请检查 DATABASE_URL，以及数据库是否在运行',
      en: 'the database does not answer: check DATABASE_URL and that it runs',
    })
  if (code === 'ER_ACCESS_DENIED_ERROR' || code === 'ER_SECURE_TRANSPORT_REQUIRED')
    return say({
      zh: '数据库拒绝了这个用户：请检查 DATABASE_URL；如果服务器要求 TLS，请在末尾加 ?ssl-mode=required',
      en: 'the database refuses the user: check DATABASE_URL; if the server insists on TLS, end it with ?ssl-mode=required',
    })
  return err instanceof Error ? err.message : String(err)
}

await main()
