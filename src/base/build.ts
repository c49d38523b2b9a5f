import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Which program this is. `commit`: what it was made from, as far as that is known. */
export type Build = { version: string; commit: string | undefined }

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * From `build.json`, which the image has at its root: {"version", "commit"}; else the version of package.json. Not from the
 * environment, which a container shares with the version beside it.
 */
export const readBuild = (root = ROOT): Build => {
  const [image, source] = [fieldsOf(`${root}build.json`), fieldsOf(`${root}package.json`)]
  return { version: image.version ?? source.version ?? 'unknown', commit: image.commit }
}

/** `0.2.0 (3f2a9c1)`, or the version alone. */
export const buildLine = ({ version, commit }: Build): string =>
  commit === undefined ? version : `${version} (${commit})`

type Fields = { version?: string; commit?: string }

const fieldsOf = (path: string): Fields => {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof read !== 'object' || !read) return {}
    const version = 'version' in read ? wordOf(read.version) : undefined
    const commit = 'commit' in read ? wordOf(read.commit) : undefined
    return { ...(version ? { version } : {}), ...(commit ? { commit } : {}) }
  } catch {
    return {}
  }
}

/** It is shown in headers, metrics and terminals. */
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.+-]{1,80}$/.test(value) ? value : undefined
