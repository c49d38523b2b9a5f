import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { debianMirror } from './debian-packages.ts'
import type { Engine } from './private-engine.ts'
import { output } from './shell.ts'

const FOLDER = fileURLToPath(new URL('images/', import.meta.url))
const DEBIAN = 'yingda-rehearsal/debian:bookworm'

/** What is made here of Debian's packages because no registry is asked, by the folder in images/. */
export const STAND_INS = ['node', 'caddy', 'mysql', 'redis']

/** The names that docker-compose.yml and the Dockerfile give them, by the same word. */
const namesWanted = (): Map<string, string> => {
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true })
  const images = Object.values<{ image: string }>(compose.services).map(({ image }) => image)
  const dockerfile = readFileSync('deploy/Dockerfile', 'utf8')
  images.push(/^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1] ?? '')
  return new Map(STAND_INS.map((name) => [name, images.find((image) => image.split(':')[0] === name) ?? '']))
}

/** Makes them, or takes those of an earlier run from `cache`. */
export const makeStandIns = async ({ env }: Engine, cache: string): Promise<void> => {
  const tarball = join(cache, `stand-ins-${fingerprint()}.tar`)
  const names = namesWanted()
  if (existsSync(tarball)) {
    await output('docker', ['load', '--input', tarball], { env })
    for (const [name, image] of names) await output('docker', ['tag', made(name), image], { env })
    return
  }
  const dir = mkdtempSync(join(tmpdir(), 'yingda-stand-ins-'))
  try {
    await makeDebian(dir, env)
    for (const [name, image] of names) {
      const context = join(dir, name)
      cpSync(join(FOLDER, name), context, { recursive: true })
      if (name === 'node') await addNode(context)
      await output('docker', ['build', '--quiet', '--tag', made(name), '--tag', image, context], { env })
    }
    for (const old of globSync(join(cache, 'stand-ins-*.tar'))) rmSync(old)
    mkdirSync(cache, { recursive: true })
    await output('docker', ['save', '--output', `${tarball}.part`, ...STAND_INS.map(made)], { env })
    renameSync(`${tarball}.part`, tarball)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const makeDebian = async (dir: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const files = join(dir, 'debian')
  // What it mounts there is gone with it, whatever ends it.
  await output('setpriv', [
    ...['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['debootstrap', '--variant=minbase', '--include=ca-certificates', 'bookworm', files],
    await debianMirror(),
  ])
  for (const folder of ['var/cache/apt/archives', 'var/lib/apt/lists'])
    rmSync(join(files, folder), { recursive: true, force: true })
  mkdirSync(join(files, 'var/cache/apt/archives/partial'), { recursive: true })
  await output('sh', ['-c', 'tar -C "$1" -c . | docker import - "$2"', 'sh', files, DEBIAN], { env })
  rmSync(files, { recursive: true, force: true })
}

const addNode = async (context: string): Promise<void> => {
  cpSync(process.execPath, join(context, 'node'))
  // npm-cli.js is in the folder bin of the package.
  const cli = process.env.npm_execpath ?? (await output('sh', ['-c', 'readlink -f "$(command -v npm)"']))
  cpSync(resolve(dirname(cli), '..'), join(context, 'npm'), { recursive: true })
}

const made = (name: string): string => `yingda-rehearsal/${name}:bookworm`

const fingerprint = (): string => {
  const hash = createHash('sha256').update(process.version)
  for (const file of globSync('*/*', { cwd: FOLDER }).toSorted())
    hash.update(file).update(readFileSync(join(FOLDER, file)))
  return hash.digest('hex').slice(0, 12)
}
