import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../../../src/base/say.ts'
import { startLoad } from '../load.ts'
import { check, measured } from '../report.ts'
import { liveVersion, type Scene } from '../scene.ts'
import { remaining } from './answers.ts'
import { firstVersion } from './first-start.ts'

/** The version of the first start, and the one made of it. */
let first = ''
const second = () => `${first}-next`

/** Whichever of these steps comes first: there is a second version. */
const prepare = async (scene: Scene): Promise<void> => {
  first ||= firstVersion(scene)
  const { status } = await scene.server.try(`docker image inspect ${imageOf(scene, second())}`)
  if (status !== 0) await scene.server.type(`sh scripts/deploy.sh build ${second()}`)
}

const imageOf = ({ server }: Scene, version: string) =>
  `${server.setting('YINGDA_IMAGE') || 'yingda'}:${version}`

const expectLive = async (scene: Scene, version: string): Promise<void> => {
  const live = await liveVersion(scene)
  check(live === version, { zh: `在线的不是 ${version}`, en: `${version} is not live` }, live)
  check(scene.server.setting('YINGDA_VERSION') === version, {
    zh: '.env 写的是别的版本',
    en: '.env names another version',
  })
  // What is there has to be what the docs' command makes.
  const before = await scene.server.type('docker compose ps --quiet')
  await scene.server.type('docker compose up -d')
  const after = await scene.server.type('docker compose ps --quiet')
  check(before === after, {
    zh: 'docker compose up -d 又换了容器',
    en: 'docker compose up -d changes it again',
  })
}

/** Does it while eight people write; none of them may be shown the notice of a fault. */
const underLoad = async <T>(scene: Scene, work: () => Promise<T>): Promise<[T, string]> => {
  const load = startLoad(scene.internet.platform)
  let made: T
  let told: Awaited<ReturnType<typeof load.stop>>
  try {
    made = await work()
  } finally {
    told = await load.stop()
  }
  check(told.messages > 20, { zh: '负载太小', en: 'that was hardly a load' }, JSON.stringify(told))
  check(
    told.notices === 0,
    { zh: '有人看到了故障提示', en: 'somebody was shown the fault notice' },
    JSON.stringify(told),
  )
  const why = Object.entries(told.failed).map(([name, count]) => `${name} ${count}`)
  const again = why.length === 0 ? '' : ` (${why.join(', ')})`
  const seconds = (told.slowestMs / 1000).toFixed(1)
  return [
    made,
    say({
      zh: `${told.messages} 条消息，没有故障提示，微信重发 ${told.retries} 次${again}，最慢 ${seconds} 秒`,
      en: `${told.messages} messages, no fault notice, ${told.retries} retries${again}, slowest ${seconds} s`,
    }),
  ]
}

export const pre = async (scene: Scene): Promise<string> => {
  const { server } = scene
  await prepare(scene)
  await server.type(`sh scripts/deploy.sh pre ${second()}`)
  const port = server.setting('PRE_PORT') || '8081'
  const response = await fetch(`http://127.0.0.1:${port}/healthz`)
  const { version } = (await response.json()) as { version: string }
  check(version === second(), { zh: '预演的不是新版本', en: 'it is not the new version' }, version)
  const sandbox = await fetch(`http://127.0.0.1:${port}/sandbox`)
  check(sandbox.ok, { zh: '预演里没有沙盒', en: 'there is no sandbox' }, sandbox.status)
  await server.type('sh scripts/deploy.sh pre stop')
  await expectLive(scene, first)
  return ''
}

export const upgrade = async (scene: Scene): Promise<string> => {
  await prepare(scene)
  const before = await remaining(scene)
  const startedAt = performance.now()
  const [, told] = await underLoad(scene, () => scene.server.type(`sh scripts/deploy.sh up ${second()}`))
  measured.upgrade = `${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${told}`
  await expectLive(scene, second())
  check((await remaining(scene)) === before, { zh: '数据变了', en: 'the data are others' })
  await scene.server.type('sh scripts/deploy.sh status')
  return told
}

/** A version whose program never gets ready. */
export const failedUpgrade = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const live = server.setting('YINGDA_VERSION')
  const broken = `${live}-broken`
  writeFileSync(
    join(server.dir, 'broken.Dockerfile'),
    `FROM ${imageOf(scene, live)}\nCMD ["node", "-e", "setTimeout(() => process.exit(1), 3000)"]\n`,
  )
  await server.type(`docker build --file broken.Dockerfile --tag ${imageOf(scene, broken)} .`)
  const [ran, told] = await underLoad(scene, () => server.try(`sh scripts/deploy.sh up ${broken}`))
  check(
    ran.status === 1,
    { zh: '退出码不是 1', en: 'the exit code is not 1' },
    `${ran.status}\n${ran.stdout}${ran.stderr}`,
  )
  await expectLive(scene, live)
  return told
}

export const rollback = async (scene: Scene): Promise<string> => {
  await prepare(scene)
  if (scene.server.setting('YINGDA_VERSION') === first)
    await scene.server.type(`sh scripts/deploy.sh up ${second()}`)
  const before = await remaining(scene)
  const startedAt = performance.now()
  const [, told] = await underLoad(scene, () => scene.server.type('sh scripts/deploy.sh rollback'))
  measured.rollback = `${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${told}`
  await expectLive(scene, first)
  check((await remaining(scene)) === before, { zh: '数据变了', en: 'the data are others' })
  return told
}
