// Installs from the lock file when needed. Runs on whatever Node the machine has (20 or newer) and needs nothing
// installed; everything after it runs on the Node that the npm package `node` brings into node_modules/.bin.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { LC_ALL, LC_MESSAGES, LANG } = process.env
const isEnglish = /^en([_.-]|$)/i.test(LC_ALL || LC_MESSAGES || LANG || '')
const say = (zh, en) => console.error(`yingda: ${isEnglish ? en : zh}`)

if (Number(process.versions.node.split('.')[0]) < 20) {
  say(
    `需要 Node.js 20 或更新的版本，这里是 ${process.version}：请从 nodejs.org 或云厂商的镜像站下载，或者用 docker compose`,
    `Node.js 20 or newer is needed, this is ${process.version}: get it from nodejs.org, or use docker compose`,
  )
  process.exit(1)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.installed-from`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex')
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''

if (installed !== wanted || !existsSync(`${root}node_modules/.bin/node`)) {
  say('正在安装依赖，只在第一次进行……', 'installing packages, this happens once …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  const { status } = spawnSync(command, commandArgs, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    say(
      'npm ci 没有成功：请看上面的信息，改好后再运行一次',
      'npm ci failed: see its message above, then run the command again',
    )
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
