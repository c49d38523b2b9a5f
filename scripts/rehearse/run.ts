import { once } from 'node:events'
import { join } from 'node:path'
import { operatorLanguage, say, speak } from '../../src/base/say.ts'
import { openInternet } from './internet.ts'
import { measured, RehearsalFailed, step } from './report.ts'
import type { Scene } from './scene.ts'
import { cloneTo } from './server.ts'
import { output } from './shell.ts'
import { STAND_INS } from './stand-ins.ts'
import { GROUND, onlyOf, STEPS } from './steps.ts'

const STAND_IN_NOTE = {
  zh: `替身：${STAND_INS.join('、')} 的镜像（Debian 的软件包），微信和模型服务商（模拟器）。docs/rehearsal.md`,
  en: `Stand-ins: the images of ${STAND_INS.join(', ')} (Debian's packages), WeChat and the model provider (simulated). docs/rehearsal.md`,
}

speak(operatorLanguage(process.env))
const args = process.argv.slice(2)
const only = onlyOf(args)
const isOwn = process.env.REHEARSAL_STAND_INS === '1'
const env = {
  ...process.env,
  LANG: 'en_US.UTF-8',
  ...(isOwn ? {} : { COMPOSE_PROJECT_NAME: 'yingda-rehearsal' }),
}
if (!isOwn) {
  const format = '{{.Label "com.docker.compose.project"}}'
  const projects = (await output('docker', ['ps', '--all', '--format', format])).split('\n')
  const taken = ['yingda-rehearsal', 'yingda-pre'].find((name) => projects.includes(name))
  if (taken) {
    console.error(
      say({
        zh: `这台机器的 Docker 里已有 ${taken}：先结束它，或用 --private`,
        en: `the Docker of this machine has a ${taken} already: end it first, or say --private`,
      }),
    )
    process.exit(1)
  }
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
const scene: Scene = { server, internet, frontUrl, isBeside: !isOwn }

const startedAt = performance.now()
const down = async () => {
  await internet.close()
  // A Docker Engine of its own goes with everything in it.
  if (isOwn) return
  await server.try('docker compose --profile "*" down --volumes --remove-orphans')
  await server.try('docker image rm --force $(docker image ls --quiet yingda-rehearsal)')
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
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  console.log(say({ zh: `全部通过（${seconds} 秒）`, en: `all of it went well (${seconds} s)` }))
  if (isOwn) console.log(say(STAND_IN_NOTE))
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
