import { check } from '../report.ts'
import { healthy, liveVersion, type Scene, yingda } from '../scene.ts'
import { remaining } from './answers.ts'

/** Made, verified and listed in the container; and one taken home. */
export const backup = async (scene: Scene): Promise<string> => {
  const made = JSON.parse(await yingda(scene, 'backup create --json')) as { file: string; bytes: number }
  const verified = JSON.parse(await yingda(scene, `backup verify ${made.file} --json`)) as { ok: boolean }
  check(verified.ok, { zh: '备份没有通过校验', en: 'the backup is not good' }, JSON.stringify(verified))
  const list = await yingda(scene, 'backup list')
  check(
    list.includes(made.file.split('/').at(-1) ?? ''),
    { zh: '列表里没有它', en: 'it is not in the list' },
    list,
  )
  await scene.server.type('docker compose exec -T app yingda backup create --out - > yingda.backup')
  return `${made.bytes} B`
}

/** What the docs have an operator type day by day. */
export const daily = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const listed = await server.type('docker compose ps')
  check(/app.*healthy/.test(listed), { zh: 'app 不在列表里', en: 'app is not listed' }, listed)
  const logged = await server.type('docker compose logs --no-log-prefix --tail 50 app')
  check(/"msg"/.test(logged), { zh: '日志是空的', en: 'the log is empty' }, logged)
  const { appSecret, aesKey } = scene.internet.platform.account
  const leaked = [appSecret, aesKey, 'sk-rehearsal'].some((secret) => logged.includes(secret))
  check(!leaked, { zh: '日志里有密钥', en: 'a secret stands in the log' })
  await yingda(scene, 'doctor')
  await yingda(scene, 'usage --days 7')
  await server.type('docker compose stop')
  await server.type('docker compose up -d')
  await healthy(scene, 'app')
  return ''
}

/** What cannot be is said in one line, and changes nothing. */
export const refusals = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const before = await remaining(scene)
  const live = await liveVersion(scene)
  const refused = async (command: string, status: number) => {
    const ran = await server.try(command)
    const lines = `${ran.stdout}${ran.stderr}`.trim().split('\n')
    check(
      ran.status === status && (status === 2 || lines.length === 1),
      { zh: `「${command}」没有用一行话拒绝`, en: `"${command}" is not refused in one line` },
      `${ran.status}\n${lines.join('\n')}`,
    )
  }
  await refused('sh scripts/deploy.sh up', 2)
  await refused('sh scripts/deploy.sh up 9.9.9', 1)
  await refused('sh scripts/deploy.sh pre 9.9.9', 1)
  await server.type('docker compose exec -T app yingda backup create --out - > yingda.backup')
  await server.type('head -c 1000 yingda.backup > cut.backup')
  await refused('docker compose exec -T app yingda backup restore - --yes < cut.backup', 1)
  await refused('docker compose exec -T app yingda backup restore - < yingda.backup', 1)
  await refused('docker compose exec -T app yingda backup verify /data/none.backup', 1)
  check((await remaining(scene)) === before, { zh: '数据变了', en: 'the data are others' })
  check((await liveVersion(scene)) === live, { zh: '换了版本', en: 'another version is live' })
  return ''
}

/** Everything is thrown away but the settings and the backup at home. */
export const restore = async (scene: Scene): Promise<string> => {
  const { server } = scene
  const before = await remaining(scene)
  await server.type('docker compose exec -T app yingda backup create --out - > yingda.backup')
  await server.type('docker compose down --volumes')
  await server.type('docker compose up -d')
  await healthy(scene, 'app')
  await server.type('docker compose exec -T app yingda backup restore - --yes < yingda.backup')
  await server.type('docker compose restart app')
  await healthy(scene, 'app')
  await yingda(scene, 'ledger reconcile')
  const after = await remaining(scene)
  check(before === after, { zh: '数据变了', en: 'the data are others' }, `${before} → ${after}`)
  return ''
}
