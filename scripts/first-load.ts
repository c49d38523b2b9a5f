import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

type Chunk = { file: string; isEntry?: boolean; imports?: string[]; css?: string[] }

/** In bytes, each file gzipped by itself as a server sends it. */
export type FirstLoad = { files: { name: string; gzipBytes: number }[]; gzipBytes: number }

/** The document, its entry, and all that the entry imports at once; what is loaded on demand is left out. */
export const firstLoadOf = (dist: string): FirstLoad => {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
  const names = new Set(['index.html'])
  const seen = new Set<string>()
  const walk = (key: string): void => {
    const chunk = manifest[key]
    if (!chunk || seen.has(key)) return
    seen.add(key)
    for (const name of [chunk.file, ...(chunk.css ?? [])]) names.add(name)
    for (const next of chunk.imports ?? []) walk(next)
  }
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) walk(key)
  const files = [...names].map((name) => ({
    name,
    gzipBytes: gzipSync(readFileSync(join(dist, name))).length,
  }))
  return { files, gzipBytes: files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0) }
}
