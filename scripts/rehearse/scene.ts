import type { Internet } from './internet.ts'
import { check } from './report.ts'
import { type Server, until } from './server.ts'

/** Where it is rehearsed: the server with its folder, and the world outside. */
export type Scene = {
  server: Server
  internet: Internet
  /** Where the front is reached over plain http, without a slash at the end. */
  frontUrl: string
  /** The Docker is this machine's own, and another Yingda may be live there. */
  isBeside: boolean
}

/** Of a container of the live set, by its service; empty when it has none. */
export const inspect = async ({ server }: Scene, service: string, format: string): Promise<string> =>
  server.type(`docker inspect --format '${format}' "$(docker compose ps --all --quiet ${service})"`)

export const healthy = async (scene: Scene, service: string, withinMs = 120_000): Promise<void> => {
  const state = () => inspect(scene, service, '{{.State.Health.Status}}')
  const isHealthy = await until(async () => (await state()) === 'healthy', withinMs)
  if (isHealthy) return
  const log = await scene.server.try(`docker compose logs --no-log-prefix --tail 30 ${service}`)
  check(
    false,
    { zh: `${service} 没有变成 healthy`, en: `${service} did not become healthy` },
    log.stdout + log.stderr,
  )
}

/** `yingda …` as the docs say it. */
export const yingda = ({ server }: Scene, args: string, input?: string): Promise<string> =>
  server.type(`docker compose exec -T app yingda ${args}`, input)

/** The version that answers visitors, by /healthz through the front. */
export const liveVersion = async ({ frontUrl }: Scene): Promise<string> => {
  const response = await fetch(`${frontUrl}/healthz`)
  const { version } = (await response.json()) as { version: string }
  return version
}

/** A question by phone, and the answer on it. */
export const ask = async ({ internet }: Scene, openid: string, text: string): Promise<string> => {
  const { platform } = internet
  const seen = platform.phone(openid).messages.length
  const outcome = await platform.send(openid, text)
  check(
    !outcome.notice,
    { zh: '手机上出现了故障提示', en: 'the phone showed the fault notice' },
    JSON.stringify(outcome),
  )
  const answered = () =>
    platform
      .phone(openid)
      .messages.slice(seen)
      .filter(({ from }) => from === 'account')
  check(
    await until(async () => answered().length > 0, 20_000),
    { zh: '20 秒内没有回答', en: 'no answer within 20 s' },
    JSON.stringify(outcome),
  )
  return answered()
    .map((message) => ('text' in message ? String(message.text) : ''))
    .join('\n')
}
