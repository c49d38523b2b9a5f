import { check, measured } from '../report.ts'
import { ask, healthy, type Scene, yingda } from '../scene.ts'

/** Several processes with MySQL and Redis, from nothing. */
export const full = async (scene: Scene): Promise<string> => {
  const { server } = scene
  await server.type('docker compose down --volumes')
  await server.type('sh scripts/init.sh --yes SIZE=full')
  await server.type('docker compose up -d')
  for (const service of ['mysql', 'redis', 'app', 'worker']) await healthy(scene, service, 180_000)
  await ask(scene, 'oFull', '你好')
  const ports = await server.type("docker compose ps --format '{{.Service}} {{.Ports}}'")
  check(
    !/^(mysql|redis) .*->/m.test(ports),
    { zh: '数据库端口对外公开', en: 'a store has a public port' },
    ports,
  )
  const made = JSON.parse(await yingda(scene, 'backup create --json')) as { file: string }
  await yingda(scene, `backup verify ${made.file}`)
  measured.fullMemory = await server.type("docker stats --no-stream --format '{{.Name}} {{.MemUsage}}'")
  return ''
}
