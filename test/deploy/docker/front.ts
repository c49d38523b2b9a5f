import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Service } from './compose-file.ts'

/** What the network of the containers does: names become addresses, and the front has an address of its own. */
const translate = (root: string, deploy: string, addressOf: (service: string) => string): string => {
  const here = join(root, 'caddy')
  rmSync(here, { recursive: true, force: true })
  for (const name of ['Caddyfile', 'live']) cpSync(join(deploy, name), join(here, name), { recursive: true })
  const file = join(here, 'Caddyfile')
  const address = addressOf('front')
  const bound = readFileSync(file, 'utf8')
    .replace(/^(\{\$SITE.*|http:\/\/:\d+) \{$/gm, (line) => `${line}\n\tbind ${address}`)
    .replace('\tservers {', (line) => `\tadmin ${address}:2019\n${line}`)
  writeFileSync(file, bound)
  const upstream = join(here, 'live/upstream')
  const named = readFileSync(upstream, 'utf8')
  writeFileSync(
    upstream,
    named.replace(/\b(app|next):/g, (_, name: string) => `${addressOf(name)}:`),
  )
  return file
}

const envOf = (root: string) => ({
  PATH: process.env.PATH ?? '',
  HOME: root,
  XDG_DATA_HOME: join(root, 'caddy-data'),
  XDG_CONFIG_HOME: join(root, 'caddy-config'),
  SITE: ':8080',
})

const deployOf = ({ mounts }: Service): string =>
  mounts.find(({ target }) => target === '/etc/caddy')?.source ?? ''

/** Caddy, as it is installed, with the Caddyfile of the installation. */
export const runFront = (
  root: string,
  service: Service,
  addressOf: (name: string) => string,
  log: number,
): ChildProcess => {
  const file = translate(root, deployOf(service), addressOf)
  const args = ['run', '--config', file, '--adapter', 'caddyfile']
  const env = envOf(root)
  return spawn(process.env.CADDY_PATH ?? 'caddy', args, { env, detached: true, stdio: ['ignore', log, log] })
}

export const reloadFront = (root: string, service: Service, addressOf: (name: string) => string): number => {
  const file = translate(root, deployOf(service), addressOf)
  const args = ['reload', '--config', file, '--adapter', 'caddyfile']
  const env = envOf(root)
  return (
    spawnSync(process.env.CADDY_PATH ?? 'caddy', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
      .status ?? 1
  )
}
