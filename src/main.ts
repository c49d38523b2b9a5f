import { type Config, type Env, readConfig } from './base/config.ts'
import { readOperatorLanguage } from './base/env-file.ts'
import { createLog, type Log } from './base/log.ts'
import { makeAllPrivate } from './base/private-files.ts'
import { say, speak } from './base/say.ts'
import { startReason } from './base/start-reason.ts'

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
    console.error(`yingda: ${say({ zh: '启动不了：', en: 'cannot start: ' })}${startReason(err, config)}`)
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

await main()
