import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { parseEnv } from 'node:util'
import type { ComposeFile } from './compose-shape.ts'

export type Env = { readonly [name: string]: string | undefined }

export type Service = {
  name: string
  image: string
  profiles: string[]
  environment: { [name: string]: string }
  /** Where in the container what of this machine is seen; a source without a slash is a named volume. */
  mounts: { source: string; target: string }[]
  isOnHost: boolean
  graceMs: number
}

export type Project = { name: string; profiles: string[]; services: Service[] }

/** A compose file as Docker Compose reads it: `${NAME:-else}` from the shell, then .env; env_file; secrets; profiles. */
export const readProject = (
  directory: string,
  content: ComposeFile,
  name: string | undefined,
  shell: Env,
): Project => {
  const dotEnv = join(directory, '.env')
  const env: Env = { ...(existsSync(dotEnv) ? parseEnv(readFileSync(dotEnv, 'utf8')) : {}), ...shell }
  const read = interpolated(content, env)
  const services = Object.entries(read.services).map(([service, fields]): Service => {
    const fromFiles = fields.env_file.map(({ path, required }) => {
      const full = join(directory, path)
      if (existsSync(full)) return parseEnv(readFileSync(full, 'utf8'))
      if (required) throw new Error(`env file ${path} not found`)
      return {}
    })
    const own = Object.entries(fields.environment).map(([key, value]) => [key, String(value ?? '')])
    const binds = fields.volumes.map((volume) => {
      const [source = '', target = ''] = volume.split(':')
      return { source: source.startsWith('.') ? join(directory, source) : source, target }
    })
    const secrets = fields.secrets.map((secret) => {
      const path = read.secrets[secret]?.file ?? ''
      return { source: isAbsolute(path) ? path : join(directory, path), target: `/run/secrets/${secret}` }
    })
    return {
      name: service,
      image: fields.image,
      profiles: fields.profiles,
      environment: Object.assign({}, ...fromFiles, Object.fromEntries(own)),
      mounts: [...binds, ...secrets],
      isOnHost: fields.network_mode === 'host',
      graceMs: Number.parseInt(fields.stop_grace_period, 10) * 1000,
    }
  })
  const profiles = (env.COMPOSE_PROFILES ?? '').split(',').filter(Boolean)
  return { name: name ?? env.COMPOSE_PROJECT_NAME ?? read.name, profiles, services }
}

/** A compose file as it is written. It is parsed once: every command of the client is a process of its own. */
export const readComposeFile = async (path: string, cache: string): Promise<ComposeFile> => {
  const known = `${cache}-${statSync(path).mtimeMs}.json`
  if (!existsSync(known)) {
    const { parseComposeFile } = await import('./compose-shape.ts')
    writeFileSync(known, JSON.stringify(parseComposeFile(readFileSync(path, 'utf8'))))
  }
  return JSON.parse(readFileSync(known, 'utf8'))
}

const interpolated = (file: ComposeFile, env: Env): ComposeFile =>
  JSON.parse(JSON.stringify(file), (_, value: unknown) =>
    typeof value === 'string'
      ? value.replace(/\$\$|\$\{(\w+)(?::?[-?]([^}]*))?\}/g, (all, name: string, otherwise = '') =>
          all === '$$' ? '$' : env[name] || otherwise,
        )
      : value,
  )
