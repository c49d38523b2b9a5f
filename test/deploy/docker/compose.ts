import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Project, readComposeFile, readProject, type Service } from './compose-file.ts'
import { type Engine, isRunning } from './engine.ts'
import { reloadFront } from './front.ts'

type Run = (
  program: string,
  params: string[],
  options: { cwd: string; env: { [name: string]: string } },
) => number

/** `docker compose …`, of which what scripts/deploy.sh says is understood; anything else throws. */
export const compose = async (engine: Engine, args: string[], run: Run): Promise<number> => {
  const { options, verb, rest } = readGlobal(args)
  if (verb === 'version') {
    console.log(process.env.STAND_IN_COMPOSE_VERSION ?? '2.32.4')
    return 0
  }
  const file = options.file ?? 'docker-compose.yml'
  const content = await readComposeFile(file, join(engine.root, basename(file)))
  const project = readProject(process.cwd(), content, options.project, process.env)
  const verbs: { [verb: string]: Verb | undefined } = { up, ps, exec, run: runOnce, rm, logs, down }
  const does = verbs[verb]
  if (!does) throw new Error(`does not understand: compose ${verb}`)
  return does({ engine, project, run }, rest)
}

type Parts = { engine: Engine; project: Project; run: Run }
type Verb = (parts: Parts, args: string[]) => Promise<number> | number

const readGlobal = (args: string[]) => {
  const options: { project?: string; file?: string } = {}
  const rest = [...args]
  for (;;) {
    const next = rest.shift() ?? ''
    if (next === '-p') options.project = rest.shift() ?? ''
    else if (next === '-f') options.file = rest.shift() ?? ''
    else if (next === '--project-directory') rest.shift()
    else return { options, verb: next, rest }
  }
}

const serviceOf = ({ services }: Project, name = ''): Service => {
  const found = services.find((each) => each.name === name)
  if (!found) throw new Error(`no such service: ${name}`)
  return found
}

/** Services of which this machine has no program are not started: what needs them is not tried here. */
const STARTED = ['app', 'next', 'worker', 'front', 'pre']

const up: Verb = async ({ engine, project }, args) => {
  const flags = ['no-deps', 'no-build', 'no-recreate']
  const { values, positionals } = parse(args, ['d', ...flags])
  if (!values.d) throw new Error('up is understood with -d alone')
  const isOn = ({ profiles }: Service) =>
    profiles.length === 0 || profiles.some((each) => project.profiles.includes(each))
  const named = positionals.map((name) => serviceOf(project, name))
  const wanted = named.length > 0 ? named : project.services.filter(isOn)
  for (const service of wanted)
    if (STARTED.includes(service.name)) await engine.bringUp(project, service, !values['no-recreate'])
  return 0
}

const ps: Verb = ({ engine, project }, args) => {
  const { values, positionals } = parse(args, ['a', 'q'], ['status'])
  const all = engine
    .containers(project.name)
    .filter(({ service }) => positionals.length === 0 || positionals.includes(service))
  for (const name of positionals) serviceOf(project, name)
  for (const each of all) {
    const running = isRunning(each)
    if (!running && !values.a) continue
    console.log(values.q ? each.id : `${each.id}  ${each.service}  ${running ? 'running' : 'exited'}`)
  }
  return 0
}

const exec: Verb = ({ engine, project, run }, [terminal, name, ...command]) => {
  if (terminal !== '-T') throw new Error('exec is understood with -T alone')
  const service = serviceOf(project, name)
  const found = engine.find(project.name, service.name)
  if (!found || !isRunning(found)) throw new Error(`service "${name}" is not running`)
  if (service.name === 'front') {
    if (!/^caddy reload --config \/etc\/caddy\/Caddyfile$/.test(command.join(' ')))
      throw new Error(command.join(' '))
    return reloadFront(engine.root, service, engine.addressOf)
  }
  return yingda(run, { tree: engine.treeOf(found), env: found.env }, command)
}

const runOnce: Verb = ({ engine, project, run }, args) => {
  const at = args.findIndex((each) => !each.startsWith('-'))
  const { values } = parse(args.slice(0, at), ['rm', 'T', 'no-deps'])
  if (!(values.rm && values.T)) throw new Error('run is understood with --rm -T alone')
  return yingda(run, engine.inside(project, serviceOf(project, args[at])), args.slice(at + 1))
}

const yingda = (
  run: Run,
  { tree, env }: { tree: string; env: { [name: string]: string } },
  [program, ...params]: string[],
) => {
  if (program !== 'yingda') throw new Error(`there is no program ${program}`)
  return run(process.execPath, ['src/cli/main.ts', ...params], {
    cwd: tree,
    env: { ...env, LANG: 'en_US.UTF-8' },
  })
}

const rm: Verb = async ({ engine, project }, args) => {
  const { positionals } = parse(args, ['s', 'f'])
  await removeAll(engine, project, positionals)
  return 0
}

const removeAll = async (engine: Engine, project: Project, names: string[]): Promise<void> => {
  for (const name of names) {
    const found = engine.find(project.name, name)
    if (!found) continue
    await engine.stop(found, serviceOf(project, name).graceMs)
    engine.remove(found)
  }
}

const down: Verb = async ({ engine, project }, args) => {
  const { values } = parse(args, ['v'])
  await removeAll(
    engine,
    project,
    project.services.map(({ name }) => name),
  )
  if (values.v) rmSync(engine.volume(project.name, 'data'), { recursive: true, force: true })
  return 0
}

const logs: Verb = ({ engine, project }, args) => {
  const { values, positionals } = parse(args, ['no-log-prefix'], ['tail'])
  for (const name of positionals) {
    const found = engine.find(project.name, serviceOf(project, name).name)
    if (found) console.log(engine.logOf(found).trimEnd().split('\n').slice(-Number(values.tail)).join('\n'))
  }
  return 0
}

/** Refuses what is not named. */
const parse = (args: string[], flags: string[], withValue: string[] = []) => {
  const option = (name: string, type: 'boolean' | 'string') =>
    [name, name.length === 1 ? { type, short: name } : { type }] as const
  const options = Object.fromEntries([
    ...flags.map((name) => option(name, 'boolean')),
    ...withValue.map((name) => option(name, 'string')),
  ])
  return parseArgs({ args, options, allowPositionals: true })
}
