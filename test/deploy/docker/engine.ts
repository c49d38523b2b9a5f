import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Project, Service } from './compose-file.ts'
import { runFront } from './front.ts'

/** What of a version is in its image: a folder as /app would be. */
export type Image = { id: string; tree: string }
export type Container = {
  id: string
  project: string
  service: string
  image: string
  pid: number
  hash: string
  env: { [name: string]: string }
}
/** How a program of a container is run on this machine. */
export type Inside = { tree: string; env: { [name: string]: string } }

/** Containers as processes of this machine. All that is known of them lies in the folder `root`. */
export const openEngine = (root: string) => {
  for (const folder of ['images', 'containers', 'volumes']) mkdirSync(join(root, folder), { recursive: true })
  const network = readFileSync(join(root, 'network'), 'utf8').trim()
  const fileOf = (kind: string, name: string) => join(root, kind, `${name.replaceAll('/', '_')}.json`)
  const read = <T>(kind: string, name: string, of: (value: unknown) => T): T | undefined =>
    existsSync(fileOf(kind, name)) ? of(JSON.parse(readFileSync(fileOf(kind, name), 'utf8'))) : undefined
  const write = (kind: string, name: string, value: unknown) =>
    writeFileSync(fileOf(kind, name), JSON.stringify(value))

  const image = (ref: string) => read('images', ref, (value) => value as Image)
  const idOf = (project: string, service: string) => `${project}-${service}-1`
  const container = (id: string) => read('containers', id, (value) => value as Container)
  const containers = (project: string): Container[] =>
    readdirSync(join(root, 'containers'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => container(name.slice(0, -5)))
      .filter((each) => each?.project === project)
      .filter((each) => each !== undefined)

  /** Each service has an address of its own, on which it has all ports to itself, as in a network of containers. */
  const addressOf = (service: string): string => {
    const known = ['app', 'next', 'worker', 'front']
    return `${network}.${known.indexOf(service) + 2}`
  }

  const inside = (project: Project, service: Service): Inside => {
    const found = image(service.image)
    if (!found) throw new Error(`No such image: ${service.image}`)
    const env: { [name: string]: string } = {
      ...IMAGE_ENV,
      ...service.environment,
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    }
    for (const [name, value] of Object.entries(env)) env[name] = pathHere(project, service, value)
    if (!service.isOnHost && env.HOST === '0.0.0.0') env.HOST = addressOf(service.name)
    // The neighbours are on loopback addresses here.
    if (env.TRUST_PROXY === 'uniquelocal') env.TRUST_PROXY = 'loopback'
    return { tree: found.tree, env }
  }

  const pathHere = (project: Project, { mounts }: Service, value: string): string => {
    const mount = mounts.find(({ target }) => value === target || value.startsWith(`${target}/`))
    if (!mount) return value
    const source = mount.source.includes('/') ? mount.source : volume(project.name, mount.source)
    mkdirSync(mount.source.includes('/') ? root : source, { recursive: true })
    return source + value.slice(mount.target.length)
  }
  const volume = (project: string, name: string) => join(root, 'volumes', `${project}_${name}`)

  const start = (project: Project, service: Service): void => {
    const id = idOf(project.name, service.name)
    const log = openSync(join(root, 'containers', `${id}.log`), 'a')
    const hash = hashOf(service)
    const from = service.name === 'front' ? undefined : inside(project, service)
    const child = from
      ? spawn(process.execPath, ['src/main.ts'], {
          cwd: from.tree,
          env: from.env,
          detached: true,
          stdio: ['ignore', log, log],
        })
      : runFront(root, service, addressOf, log)
    child.unref()
    write('containers', id, {
      ...{ id, project: project.name, service: service.name, hash },
      ...{ image: from ? image(service.image)?.id : '', pid: child.pid, env: from?.env ?? {} },
    })
  }
  const hashOf = (service: Service) =>
    createHash('sha256')
      .update(JSON.stringify([service, image(service.image)?.id]))
      .digest('hex')

  const stop = async (each: Container, graceMs: number): Promise<void> => {
    if (isRunning(each)) process.kill(each.pid, 'SIGTERM')
    for (const end = Date.now() + graceMs; isRunning(each); await sleep(20))
      if (Date.now() > end) process.kill(each.pid, 'SIGKILL')
  }

  return {
    root,
    image,
    container,
    containers,
    treeOf: ({ image: id }: Container) => join(root, 'trees', id.slice(7)),
    find: (project: string, service: string) => container(idOf(project, service)),
    inside,
    addressOf,
    volume,
    stop,
    logOf: ({ id }: Container) => readFileSync(join(root, 'containers', `${id}.log`), 'utf8'),
    /** As it should be: made anew when its image or its settings are others. */
    async bringUp(project: Project, service: Service, mayRecreate: boolean): Promise<void> {
      const found = container(idOf(project.name, service.name))
      const isAsItWas = found && (found.hash === hashOf(service) || !mayRecreate)
      if (found && isAsItWas && isRunning(found)) return
      if (service.name !== 'front') inside(project, service)
      if (found) await stop(found, service.graceMs)
      start(project, service)
    },
    remove({ id }: Container): void {
      for (const end of ['json', 'log']) rmSync(join(root, 'containers', `${id}.${end}`), { force: true })
    },
    /** A tree as the Dockerfile would copy it together. */
    build(context: string, ref: string, build: { version: string; commit: string }): void {
      const id = `sha256:${randomUUID().replaceAll('-', '')}`
      const tree = join(root, 'trees', id.slice(7))
      for (const name of ['src', 'migrations', 'package.json', 'web/dist', 'web/dist-sandbox'])
        cpSync(join(context, name), join(tree, name), { recursive: true, dereference: true })
      symlinkSync(join(context, 'node_modules'), join(tree, 'node_modules'))
      writeFileSync(join(tree, 'build.json'), JSON.stringify(build))
      write('images', ref, { id, tree })
    },
  }
}

export type Engine = ReturnType<typeof openEngine>

/** As the Dockerfile sets it. */
const IMAGE_ENV = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: '8080',
  DATA_DIR: '/data',
  CONFIG_DIR: '/config',
}

/** A process nobody has asked about yet is still listed when it has ended. */
export const isRunning = ({ pid }: { pid: number }): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
