import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const ROOT = join(import.meta.dirname, '../..')

/** What the house's rules look at; the rest is the schema's business. */
export type ComposeService = {
  image?: string
  profiles?: string[]
  ports?: string[]
  expose?: string[]
  environment?: { [name: string]: string }
  networks?: string[] | { [name: string]: unknown }
  network_mode?: string
  secrets?: string[]
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  mem_limit?: string
  restart?: string
  stop_grace_period?: string
  privileged?: boolean
  logging?: { driver: string; options: { [name: string]: string } }
  healthcheck?: { test: string[] }
  volumes?: string[]
}

export type ComposeFile = {
  name?: string
  services: { [name: string]: ComposeService }
  networks?: { [name: string]: { internal?: boolean } | null }
  secrets?: { [name: string]: { file: string } }
}

/** Every compose file there is, anchors and merges resolved, by its path below the root. */
export const composeFiles = (): [path: string, file: ComposeFile, text: string][] =>
  globSync('{,deploy/}docker-compose*.yml', { cwd: ROOT })
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return [path, parse(text, { merge: true }), text]
    })
