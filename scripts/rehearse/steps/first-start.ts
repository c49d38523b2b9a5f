import { say } from '../../../src/base/say.ts'
import { watchBuildMemory } from '../build-memory.ts'
import { check, measured } from '../report.ts'
import { healthy, inspect, liveVersion, type Scene, yingda } from '../scene.ts'

/** The version that init.sh wrote down, which is the one of the folder. */
export const firstVersion = ({ server }: Scene): string => server.setting('YINGDA_VERSION')

export const build = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const version = firstVersion(scene)
  const memory = watchBuildMemory()
  await server.type(`sh scripts/deploy.sh build ${version}`)
  measured.buildMemory = memory.stop()
  const image = `${server.setting('YINGDA_IMAGE') || 'yingda'}:${version}`
  const bytes = Number(await server.type(`docker image inspect --format '{{.Size}}' ${image}`))
  const sent = Number(await server.type(`docker save ${image} | gzip -6 | wc -c`))
  measured.imageSize = `${megabytes(bytes)}, ${megabytes(sent)} gzip`
  // As `docker compose up` does it where there is no image yet; all its layers are there.
  await server.type('COMMIT=$(git rev-parse --short HEAD) docker compose build app')
  return say({
    zh: `${measured.imageSize}；构建最多用内存 ${measured.buildMemory}`,
    en: `${measured.imageSize}; the build took ${measured.buildMemory} of memory at most`,
  })
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

export const start = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const startedAt = performance.now()
  await server.type('docker compose up -d')
  await healthy(scene, 'app')
  measured.firstStart = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  await healthy(scene, 'front')
  const version = await liveVersion(scene)
  const wanted = firstVersion(scene)
  check(
    version === wanted,
    { zh: `前端应答的不是 ${wanted}`, en: `the front does not lead to ${wanted}` },
    version,
  )
  const verdict = await scene.internet.platform.checkUrl()
  check(
    verdict.ok,
    { zh: '服务器地址没有通过微信的验证', en: "WeChat's check of the server address failed" },
    JSON.stringify(verdict),
  )
  return measured.firstStart
}

export const confined = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const inside = (command: string) => server.try(`docker compose exec -T app sh -c '${command}'`)
  const { stdout: who } = await inside('id -u; id -g')
  check(who.trim() === '1000\n1000', { zh: '不是用户 1000', en: 'it is not user 1000' }, who)
  for (const place of ['/app/x', '/usr/x', '/config/x', '/x']) {
    const { status } = await inside(`touch ${place}`)
    check(status !== 0, { zh: `${place} 可以写入`, en: `${place} can be written` })
  }
  check((await inside('touch /data/x && rm /data/x')).status === 0, {
    zh: '/data 不能写入',
    en: '/data cannot be written',
  })
  const { stdout: first } = await inside('tr "\\0" " " </proc/1/cmdline')
  check(first.startsWith('node '), { zh: '1 号进程不是 node', en: 'process 1 is not node' }, first)
  const { stdout: superfluous } = await inside(
    'command -v npm npx gcc make curl python3; find / -xdev ( -name "*.map" -o -name ".env" ) -not -path "/proc/*" 2>/dev/null',
  )
  check(
    superfluous.trim() === '',
    { zh: '镜像里有多余的东西', en: 'the image holds what it should not' },
    superfluous,
  )
  const privileges = await inspect(
    scene,
    'app',
    '{{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Memory}}',
  )
  check(
    /ALL/.test(privileges) && /no-new-privileges/.test(privileges),
    { zh: '权限没有收紧', en: 'privileges are not dropped' },
    privileges,
  )
  const version = await yingda(scene, '--version')
  check(
    version.includes(firstVersion(scene)),
    { zh: '版本号不对', en: 'the version is another one' },
    version,
  )
  measured.idleMemory = await server.type("docker stats --no-stream --format '{{.Name}} {{.MemUsage}}'")
  return version
}
