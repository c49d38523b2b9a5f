import { type Config, type Env, readConfig } from '../base/config.ts'
import { readOperatorLanguage } from '../base/env-file.ts'
import { createLifecycle, type Lifecycle } from '../base/lifecycle.ts'
import { createLog, type Log } from '../base/log.ts'
import { makeAllPrivate } from '../base/private-files.ts'
import { say, speak } from '../base/say.ts'
import { startReason } from '../base/start-reason.ts'

/** Docker kills what has not stopped within 10 s. */
const STOP_WITHIN_MS = 8_500
/** What a web server in front has sent us by then is on its way no longer. */
const LINGER_MS = 300

/**
 * The program: reads its settings, starts what ROLE says, and stops when it is told to, at any moment, also while it starts.
 * `whenStopped` is given what to do then.
 */
export const runService = async (
  env: Env,
  whenStopped: (stop: (signal: string) => void) => void,
): Promise<void> => {
  makeAllPrivate()
  speak(readOperatorLanguage(env))
  const read = readConfig(env)
  if (!read.ok) {
    for (const problem of read.problems) console.error(`yingda: ${problem}`)
    process.exit(1)
  }
  const { config } = read
  const log = createLog(config.LOG_LEVEL)
  const lifecycle = createLifecycle(log)

  // A promise nobody waits for is a bug, but not a reason to hang up on every other user.
  process.on('unhandledRejection', (err) => log.error({ err }, 'an unhandled rejection'))

  let stopping = false
  whenStopped((signal) => {
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(0), STOP_WITHIN_MS)
    // Whatever is open by now; a start that is under way finds everything closed.
    void lifecycle.close().then(() => process.exit(0))
  })

  try {
    const url = await start({ config, env: read.env, log, lifecycle, lingerMs: LINGER_MS })
    if (!stopping) announce(config, url)
  } catch (err) {
    log.debug({ err }, 'the start failed')
    // It failed because it was stopped: who stops it ends the process.
    if (stopping) return
    console.error(`yingda: ${say({ zh: '启动不了：', en: 'cannot start: ' })}${startReason(err, config)}`)
    process.exit(1)
  }
}

type Parts = { config: Config; env: Env; log: Log; lifecycle: Lifecycle; lingerMs: number }

/** Gives the address it serves, if it serves any. */
const start = async (parts: Parts): Promise<string | undefined> => {
  const { ROLE } = parts.config
  if (ROLE === 'worker') {
    await (await import('./worker.ts')).startWorker(parts)
    return undefined
  }
  const { url } = await (await import('./api.ts')).startApi(parts, ROLE === 'all')
  return url
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
