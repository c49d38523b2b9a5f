import { check, measured } from '../report.ts'
import { ask, healthy, inspect, type Scene } from '../scene.ts'
import { until } from '../server.ts'

export const PERSON = 'oRehearsal'

/** A sealed post to the front, answered within the callback; and one that takes longer, pushed afterwards. */
export const message = async (scene: Scene): Promise<string> => {
  const { platform } = scene.internet
  await platform.follow(PERSON)
  const prompt = await ask(scene, PERSON, '你好')
  check(prompt.length > 0, { zh: '回答是空的', en: 'the answer is empty' })
  const seen = platform.phone(PERSON).messages.length
  const outcome = await platform.send(PERSON, '慢 6')
  check(!outcome.notice, { zh: '手机上出现了故障提示', en: 'the phone showed the fault notice' })
  const pushed = () =>
    platform
      .phone(PERSON)
      .messages.slice(seen)
      .find((each) => each.from === 'account' && each.via === 'push')
  check(
    await until(async () => pushed() !== undefined, 20_000),
    { zh: '晚到的回答没有推送', en: 'the late answer was not pushed' },
    JSON.stringify(outcome),
  )
  return ''
}

/** What is nobody's business is not served, text comes compressed, and events are not held back. */
export const front = async (scene: Scene): Promise<string> => {
  const { frontUrl } = scene
  for (const path of [
    '/metrics',
    '/readyz',
    '/sandbox',
    '/sandbox/',
    '//metrics',
    '/METRICS',
    '/%6detrics',
  ]) {
    const { status } = await fetch(`${frontUrl}${path}`)
    check(status === 404, { zh: `${path} 对外可见`, en: `${path} is public` }, status)
  }
  const page = await fetch(`${frontUrl}/`)
  const script = /<script[^>]* src="([^"]+)"/.exec(await page.text())?.[1]
  check(page.ok && script !== undefined, { zh: '打不开网页', en: 'the page does not open' }, page.status)
  const program = await fetch(`${frontUrl}${script}`, { headers: { 'accept-encoding': 'gzip' } })
  const encoding = program.headers.get('content-encoding')
  check(
    encoding === 'gzip',
    { zh: '网页没有压缩', en: 'the page is not compressed' },
    `${program.status} ${encoding}`,
  )
  const big = await fetch(`${frontUrl}/wechat/callback`, { method: 'POST', body: 'x'.repeat(1_000_000) })
  check(
    big.status === 413,
    { zh: '太大的请求没有被拒绝', en: 'a body that is too large is taken' },
    big.status,
  )
  return ''
}

/** Stopped in time by its own will, and with the same data afterwards. */
export const restart = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const before = await remaining(scene)
  const { ms } = await server.try('docker compose stop app')
  check(ms < 10_000, { zh: '停止用了超过 10 秒', en: 'stopping took more than 10 s' }, `${ms} ms`)
  const code = await inspect(scene, 'app', '{{.State.ExitCode}}')
  check(code === '0', { zh: '退出码不是 0', en: 'its exit code is not 0' }, code)
  const startedAt = performance.now()
  await server.type('docker compose up -d')
  await until(async () => (await fetch(`${scene.frontUrl}/healthz`)).ok, 60_000)
  measured.nextStart = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  await healthy(scene, 'app')
  const after = await remaining(scene)
  check(before === after, { zh: '数据变了', en: 'the data are others' }, `${before} → ${after}`)
  measured.stop = `${(ms / 1000).toFixed(1)} s`
  return `${measured.stop} / ${measured.nextStart}`
}

/** The figures of an account, which no question changes that is asked for them. */
export const remaining = (scene: Scene): Promise<string> => ask(scene, PERSON, '额度')
