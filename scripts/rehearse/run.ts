import { once } from 'node:events'
import { join } from 'node:path'
import { operatorLanguage, say, speak, type Words } from '../../src/base/say.ts'
import { openInternet } from './internet.ts'
import { measured, RehearsalFailed, step } from './report.ts'
import type { Scene } from './scene.ts'
import { cloneTo } from './server.ts'
import { output } from './shell.ts'
import * as answers from './steps/answers.ts'
import * as data from './steps/data.ts'
import * as first from './steps/first-start.ts'
import { full } from './steps/full.ts'
import { init } from './steps/init.ts'
import * as versions from './steps/versions.ts'

type Step = { name: string; title: Words; run(scene: Scene): Promise<string> }

/** Without these no other can be. */
const GROUND: Step[] = [
  { name: 'init', title: { zh: '回答 init.sh 的问题', en: 'init.sh is answered' }, run: init },
  { name: 'build', title: { zh: '构建镜像', en: 'the image is built' }, run: first.build },
  { name: 'start', title: { zh: '第一次启动', en: 'the first start' }, run: first.start },
]

const STEPS: Step[] = [
  {
    name: 'confined',
    title: { zh: '非 root，根目录只读', en: 'not root, read-only root' },
    run: first.confined,
  },
  {
    name: 'message',
    title: { zh: '一条消息得到回答，晚到的推送', en: 'a message is answered, a late one pushed' },
    run: answers.message,
  },
  {
    name: 'front',
    title: { zh: '前端只放该放的', en: 'the front lets through what it should' },
    run: answers.front,
  },
  {
    name: 'restart',
    title: { zh: '停止与再启动，数据不变', en: 'stopped and started again, with the same data' },
    run: answers.restart,
  },
  { name: 'daily', title: { zh: '每天用的命令', en: 'the commands of every day' }, run: data.daily },
  {
    name: 'backup',
    title: { zh: '备份、校验、列表', en: 'a backup is made, verified, listed' },
    run: data.backup,
  },
  { name: 'pre', title: { zh: '新版本用副本预演', en: 'the next version on a copy' }, run: versions.pre },
  {
    name: 'upgrade',
    title: { zh: '有人使用时升级', en: 'upgraded while people write' },
    run: versions.upgrade,
  },
  {
    name: 'failed-upgrade',
    title: { zh: '升级失败，旧版本不动', en: 'a failed upgrade leaves the old one' },
    run: versions.failedUpgrade,
  },
  {
    name: 'rollback',
    title: { zh: '有人使用时回退', en: 'back again while people write' },
    run: versions.rollback,
  },
  { name: 'restore', title: { zh: '恢复到全新的一套', en: 'restored into a fresh set' }, run: data.restore },
  {
    name: 'full',
    title: { zh: 'full：多个进程，MySQL 和 Redis', en: 'full: several processes, MySQL and Redis' },
    run: full,
  },
]

speak(operatorLanguage(process.env))
const args = process.argv.slice(2)
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined
const names = STEPS.map(({ name }) => name)
if (args.includes('--only') && !names.includes(only ?? '')) {
  console.error(
    say({ zh: `--only 后面写其中之一：${names.join(' ')}`, en: `--only takes one of: ${names.join(' ')}` }),
  )
  process.exit(2)
}

const isOwn = process.env.REHEARSAL_STAND_INS === '1'
const env = {
  ...process.env,
  LANG: 'en_US.UTF-8',
  ...(isOwn ? {} : { COMPOSE_PROJECT_NAME: 'yingda-rehearsal' }),
}
const server = await cloneTo(join(process.env.REHEARSAL_DIR ?? '', 'yingda'), env)
// What containers of any network reach this machine by.
const address = await output('docker', [
  'network',
  'inspect',
  'bridge',
  '--format',
  '{{(index .IPAM.Config 0).Gateway}}',
])
const frontUrl = isOwn ? 'http://127.0.0.1' : 'http://127.0.0.1:18080'
const internet = await openInternet(address, frontUrl)
const scene: Scene = { server, internet, frontUrl }

const startedAt = performance.now()
const down = async () => {
  await server.try('docker compose --profile "*" down --volumes --remove-orphans')
  await internet.close()
}
const stopped = Promise.race(['SIGTERM', 'SIGINT'].map((signal) => once(process, signal)))
const all = async () => {
  for (const { title, run } of [...GROUND, ...STEPS.filter(({ name }) => !only || name === only)])
    await step(title, () => run(scene))
}
try {
  await Promise.race([all(), stopped.then(() => Promise.reject(new RehearsalFailed('stopped')))])
  for (const [name, value] of Object.entries(measured))
    console.log(`  ${name}: ${value.replaceAll('\n', '; ')}`)
  console.log(
    say({ zh: '全部通过', en: 'all of it' }),
    `(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`,
  )
} catch (error) {
  process.exitCode = 1
  console.error(error instanceof Error ? error.message : error)
}
if (args.includes('--keep')) {
  console.log(
    say({
      zh: `保留运行中：${server.dir}，网址 ${frontUrl}。Ctrl-C 结束并清除。`,
      en: `kept running: ${server.dir}, at ${frontUrl}. Ctrl-C ends it and takes it away.`,
    }),
  )
  await stopped
}
await down()
process.exit()
