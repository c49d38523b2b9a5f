import { say } from '../../../src/base/say.ts'
import { check, measured } from '../report.ts'
import { ask, healthy, inspect, type Scene, yingda } from '../scene.ts'
import { remaining } from './answers.ts'

/** From one process on SQLite to several with MySQL and Redis, as docs/operating.md tells it. */
export const full = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const before = await remaining(scene)
  await server.type('docker compose exec -T app yingda backup create --out - > yingda.backup')
  // Its last question: everything else is left as it is.
  await server.type('sh scripts/init.sh', `${'\n'.repeat(10)}full\n`)
  check(/full/.test(server.setting('COMPOSE_PROFILES')), {
    zh: 'init.sh 没有改成 full',
    en: 'init.sh did not make it full',
  })
  await server.type('docker compose stop app')
  await server.type('docker compose up -d --wait mysql redis')
  await server.type(
    'docker compose run --rm -T app yingda transfer --from sqlite:/data/yingda.sqlite --to @/run/secrets/database_url',
  )
  await server.type('docker compose up -d')
  for (const service of ['mysql', 'redis', 'app', 'worker']) await healthy(scene, service, 180_000)
  const after = await remaining(scene)
  check(before === after, { zh: '数据变了', en: 'the data are others' }, `${before} → ${after}`)
  await ask(scene, 'oFull', '你好')
  await yingda(scene, 'doctor')
  for (const service of ['mysql', 'redis']) {
    const ports = await inspect(scene, service, '{{json .HostConfig.PortBindings}}')
    check(ports === '{}', { zh: `${service} 对外公开`, en: `${service} is public` }, ports)
  }
  const made = JSON.parse(await yingda(scene, 'backup create --json')) as { file: string }
  await yingda(scene, `backup verify ${made.file}`)
  measured.fullMemory = await server.type("docker stats --no-stream --format '{{.Name}} {{.MemUsage}}'")
  return say({ zh: '由 transfer 从 SQLite 搬来', en: 'moved from SQLite by transfer' })
}
