// Installs from the lock file when needed. Runs on whatever Node the machine has (20 or newer) and needs nothing
// installed; everything after it runs on the Node that the npm package `node` brings into node_modules/.bin.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.installed-from`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex')
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''

if (installed !== wanted || !existsSync(`${root}node_modules/.bin/node`)) {
  console.error('yingda: installing packages, this happens once …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  const { status } = spawnSync(command, commandArgs, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    console.error('yingda: npm ci failed; see its message above, then run the command again')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
