import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compose } from './compose.ts'
import { type Engine, openEngine } from './engine.ts'

/**
 * Stands in for the docker client: it understands what scripts/deploy.sh says to it, and starts processes of this
 * machine for the containers of the real docker-compose.yml. STAND_IN is the folder that holds its images, containers and
 * volumes. What it does not understand it refuses with 64.
 */
const root = process.env.STAND_IN ?? ''
const args = process.argv.slice(2)
const engine = openEngine(root)

/** `kill-before` and `kill-after` in the folder hold a part of a command, at which deploy.sh is killed. */
const killAt = (moment: 'before' | 'after'): void => {
  const file = join(root, `kill-${moment}`)
  if (!existsSync(file) || !args.join(' ').includes(readFileSync(file, 'utf8'))) return
  rmSync(file)
  process.kill(Number(readFileSync('deploy/releases/lock', 'utf8')), 'SIGKILL')
}

const REFUSED = 64

const image = (engine: Engine, [verb, ...rest]: string[]): number => {
  const found = verb === 'inspect' ? engine.image(rest.at(-1) ?? '') : undefined
  if (!found) return 1
  if (rest[0] === '-f') console.log(found.id)
  return 0
}

const build = (rest: string[]): number => {
  const given = (name: string) =>
    rest.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  const ref = rest[rest.indexOf('-t') + 1] ?? ''
  if (!existsSync(rest[rest.indexOf('-f') + 1] ?? '')) return REFUSED
  engine.build(process.cwd(), ref, { version: given('VERSION'), commit: given('COMMIT') })
  return 0
}

const volume = ([verb, name = '-']: string[]): number => {
  if (existsSync(join(root, 'no-volumes-told'))) return 1
  if (verb === 'ls') {
    for (const each of readdirSync(join(root, 'volumes'))) console.log(each)
    return 0
  }
  const path = join(root, 'volumes', name)
  if (!existsSync(path)) return 1
  if (verb === 'rm') rmSync(path, { recursive: true })
  return 0
}

const run = async ([verb, ...rest]: string[]): Promise<number> => {
  if (existsSync(join(root, 'engine-is-down'))) return 1
  switch (verb) {
    case 'info':
      return 0
    case 'image':
      return image(engine, rest)
    case 'build':
      return build(rest)
    case 'pull':
      return engine.image(rest[0] ?? '') ? 0 : 1
    case 'volume':
      return volume(rest)
    case 'inspect': {
      const found = rest[0] === '-f' && rest[1] === '{{.Image}}' ? engine.container(rest[2] ?? '') : undefined
      if (found) console.log(found.image)
      return found ? 0 : 1
    }
    case 'compose':
      return compose(engine, rest, (program, params, options) => {
        const ran = spawnSync(program, params, { ...options, stdio: 'inherit' })
        return ran.status ?? 1
      })
    default:
      return REFUSED
  }
}

appendFileSync(join(root, 'commands'), `${args.join(' ')}\n`)
killAt('before')
try {
  process.exitCode = await run(args)
} catch (error) {
  console.error(`docker stand-in: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
if (process.exitCode === REFUSED) console.error(`docker stand-in: does not understand: ${args.join(' ')}`)
killAt('after')
