import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programEnv } from '../support/program-env.ts'
import type { Env } from '../support/service.ts'

const ROOT = join(import.meta.dirname, '../..')

export type Ran = { status: number | null; signal: NodeJS.Signals | null; out: string }
export type Running = { child: ChildProcess; ended: Promise<Ran> }

/** A server with a checkout as scripts/init.sh leaves it, on which the stand-in is the docker client. */
export const openServer = (settings: Env) => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-deploy-'))
  const at = (...names: string[]) => join(dir, 'checkout', ...names)
  const standIn = join(dir, 'docker')
  for (const each of [
    at('scripts'),
    at('secrets'),
    at('config'),
    at('web'),
    join(standIn, 'images'),
    join(standIn, 'containers'),
  ])
    mkdirSync(each, { recursive: true })
  for (const each of [
    'docker-compose.yml',
    'scripts/deploy.sh',
    'deploy/Caddyfile',
    'deploy/Dockerfile',
    'deploy/docker-compose.pre.yml',
    'deploy/live',
  ])
    cpSync(join(ROOT, each), at(each), { recursive: true })
  for (const each of ['src', 'migrations', 'package.json', 'node_modules', 'web/dist', 'web/dist-sandbox'])
    symlinkSync(join(ROOT, each), at(each))
  for (const each of ['app_secret', 'backup_key'])
    writeFileSync(at('secrets', each), randomBytes(32).toString('base64'), { mode: 0o600 })
  for (const each of ['database_url', 'redis_url']) writeFileSync(at('secrets', each), '', { mode: 0o600 })
  const env = ['# kept as it is', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`), '']
  writeFileSync(at('.env'), env.join('\n'), { mode: 0o600 })
  // An address for each container that no other run has.
  const network = `127.${randomInt(10, 250)}.${randomInt(1, 255)}`
  writeFileSync(join(standIn, 'network'), network)
  const client = join(dir, 'client')
  const main = join(import.meta.dirname, 'docker/main.ts')
  writeFileSync(client, `#!/bin/sh\nSTAND_IN=${standIn} exec ${process.execPath} ${main} "$@"\n`)
  chmodSync(client, 0o755)

  const start = (args: string[], more: Env = {}): Running => {
    const env = {
      ...programEnv(),
      CADDY_PATH: process.env.CADDY_PATH ?? '',
      DOCKER: client,
      READY_TIMEOUT: '30',
      ...more,
    }
    const child = spawn(at('scripts/deploy.sh'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece) => {
        out += piece
      })
    const ended = new Promise<Ran>((resolve) =>
      child.once('close', (status, signal) => resolve({ status, signal, out })),
    )
    return { child, ended }
  }

  return {
    dir,
    at,
    standIn,
    network,
    frontUrl: `http://${network}.5:8080`,
    start,
    deploy: (...args: string[]) => start(args).ended,
    /** What an operator types besides. */
    docker: (...args: string[]) =>
      spawnSync(client, args, {
        cwd: at(),
        env: { ...programEnv(), CADDY_PATH: process.env.CADDY_PATH ?? '' },
        encoding: 'utf8',
      }),
    read: (...names: string[]) => readFileSync(at(...names), 'utf8'),
    /** Puts an image there that has as much of a version as deploy.sh sees; `how` says what is wrong with it. */
    addSmallVersion(version: string, how = '', name = 'yingda'): void {
      const id = `sha256:small-${version}-${how.replaceAll(' ', '-')}`
      const tree = join(standIn, 'trees', id.slice(7))
      cpSync(join(import.meta.dirname, 'small-version'), tree, { recursive: true })
      writeFileSync(join(tree, 'build.json'), JSON.stringify({ version }))
      writeFileSync(join(tree, 'how'), how)
      writeFileSync(
        join(standIn, 'images', `${name.replaceAll('/', '_')}:${version}.json`),
        JSON.stringify({ id, tree }),
      )
    },
    /** What the docker client was told since the last time. */
    commands(): string[] {
      const file = join(standIn, 'commands')
      const said = readFileSync(file, 'utf8').trimEnd().split('\n')
      rmSync(file)
      return said
    },
    containers: (): string[] =>
      readdirSync(join(standIn, 'containers'))
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -'-1.json'.length)),
    container(id: string): { pid: number; image: string; env: { [name: string]: string } } {
      return JSON.parse(readFileSync(join(standIn, 'containers', `${id}-1.json`), 'utf8'))
    },
    close(): void {
      for (const name of readdirSync(join(standIn, 'containers')).filter((each) => each.endsWith('.json'))) {
        const { pid } = JSON.parse(readFileSync(join(standIn, 'containers', name), 'utf8'))
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It has ended.
        }
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type Server = ReturnType<typeof openServer>
