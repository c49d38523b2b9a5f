import { get } from 'node:http'
import type { Env } from '../../base/config.ts'
import { rawSetting } from '../../base/env-file.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'

/** More than the process takes to ask its dependencies. */
const WITHIN_MS = 4000

/** `why`: one line for the operator when it is not well. */
export type Health = { ok: true; url: string } | { ok: false; url: string | null; why: string }

/**
 * Whether the process with these settings, on this machine, is ready for work: what a container's HEALTHCHECK asks, again
 * and again. It loads as little as it can, so not the settings as a whole.
 */
export const askHealth = async (
  env: Env,
  { cwd = process.cwd(), withinMs = WITHIN_MS } = {},
): Promise<Health> => {
  const where = addressOf((name) => rawSetting(name, env, cwd))
  if ('why' in where) return { ok: false, url: null, why: where.why }
  const { url } = where
  const status = await statusOf(url, withinMs)
  if (status === 200) return { ok: true, url }
  return {
    ok: false,
    url,
    why: typeof status === 'number' ? notReady(status) : unreachable(url, status.code),
  }
}

/** The command in a process of its own: says it, and gives the exit code. */
export const health = async (env: Env, json: boolean): Promise<number> => {
  const found = await askHealth(env)
  if (json) console.log(JSON.stringify(found, null, 2))
  else if (found.ok) console.log(say({ zh: '正常，可以工作', en: 'ready' }))
  if (!found.ok) console.error(`yingda: ${found.why}`)
  return found.ok ? 0 : 1
}

const addressOf = (read: (name: string) => string | undefined): { url: string } | { why: string } => {
  const isWorker = read('ROLE') === 'worker'
  const name = isWorker ? 'WORKER_PORT' : 'PORT'
  const port = read(name) ?? (isWorker ? undefined : '8080')
  if (port === undefined)
    return {
      why: say({
        zh: '这个进程只回答问题（ROLE=worker），没有可以问的端口：请设置 WORKER_PORT，例如 9465',
        en: 'this process only answers turns (ROLE=worker) and has no port to ask: set WORKER_PORT, such as 9465',
      }),
    }
  if (!/^[1-9]\d{0,4}$/.test(port))
    return {
      why: say({
        zh: `${name}=${port.slice(0, 20)} 不是固定的端口，不知道该问哪里：请设成 1 到 65535 之间的数`,
        en: `${name}=${port.slice(0, 20)} is no fixed port, and nobody can know where to ask: set one from 1 to 65535`,
      }),
    }
  return { url: `http://${hostOf(read('HOST') ?? '127.0.0.1')}:${port}/readyz` }
}

/** What listens on every address answers on this machine's own. */
const hostOf = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

const statusOf = (url: string, withinMs: number): Promise<number | { code: string }> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(withinMs) }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', (error) => resolve({ code: errorCode(error) ?? error.name }))
  })

const notReady = (status: number): string =>
  say({
    zh: `还不能工作（HTTP ${status}）：数据库或 Redis 没有应答，请运行 yingda doctor 查看`,
    en: `not ready (HTTP ${status}): the database or Redis does not answer; run: yingda doctor`,
  })

const unreachable = (url: string, code: string): string =>
  say({
    zh: `${url} 没有应答（${code}）：服务没有启动，或正在停止；请看它的日志`,
    en: `nobody answers at ${url} (${code}): the service is not up, or is stopping; look at its log`,
  })
