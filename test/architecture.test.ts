import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const src = fileURLToPath(new URL('../src', import.meta.url))
const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g

type Import = { from: string; to: string; typeOnly: boolean }

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => name.replaceAll('\\', '/'))

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8')
  return [...text.matchAll(IMPORT)].map(([, typeWord, named, dynamic]) => {
    const target = named ?? dynamic ?? ''
    const to = target.startsWith('.') ? relative(src, resolve(src, dirname(from), target)) : target
    return { from, to, typeOnly: typeWord !== undefined }
  })
})

const WIRING = ['app.ts', 'wiring']
const roomOf = (path: string): string => {
  const room = path.split('/')[0] ?? ''
  return WIRING.includes(room) ? 'app' : room === 'main.ts' ? 'main' : room
}
const isOurs = ({ to }: Import) => files.includes(to)

/** The rooms each room may import; `types:` for types alone. */
const MAY_IMPORT: { [room: string]: string[] } = {
  base: [],
  wechat: ['base'],
  llm: ['base'],
  quota: ['base'],
  identity: ['base'],
  words: ['base'],
  backup: ['base'],
  // The page is built of it as well: nothing of Node's.
  markdown: [],
  conversation: ['base', 'llm', 'quota', 'identity', 'words', 'markdown'],
  operator: ['base', 'quota', 'identity', 'conversation', 'words'],
  // A transaction asks the ledger's pure model which grants pay.
  infra: [
    ...['base', 'quota', 'backup'],
    ...['types:wechat', 'types:llm', 'types:identity', 'types:conversation', 'types:operator'],
  ],
  app: ['base', 'wechat', 'llm', 'quota', 'identity', 'words', 'backup', 'conversation', 'operator', 'infra'],
  http: ['base', 'wechat', 'llm', 'quota', 'identity', 'conversation', 'markdown', 'types:app'],
  // The command line opens the parts of the wiring that a command needs, like the roles do.
  cli: [
    'base',
    'wechat',
    'llm',
    'quota',
    'identity',
    'words',
    'types:backup',
    'conversation',
    'operator',
    'app',
  ],
  sandbox: ['base', 'wechat', 'http'],
  roles: ['base', 'app', 'http', 'sandbox', 'cli'],
  main: ['base', 'roles'],
}

/** Libraries with one home. */
const HOMES: { [library: string]: RegExp } = {
  knex: /^infra\/(db|backup)\//,
  'age-encryption': /^infra\/backup\/archive\.ts$/,
  mysql2: /^infra\/db\//,
  'better-sqlite3': /^infra\/db\//,
  bullmq: /^infra\//,
  ioredis: /^infra\//,
  openai: /^infra\/llm\//,
  undici: /^infra\/llm\//,
  express: /^(http|sandbox)\//,
  'markdown-it': /^markdown\//,
  'highlight.js': /^markdown\//,
  katex: /^markdown\//,
  helmet: /^http\/(page|safe-headers)\.ts$/,
  cookie: /^http\/page-api\/cookies\.ts$/,
  '@noble': /^quota\//,
  '@prometheus-io': /^infra\/metrics\//,
  xml2js: /^(wechat\/parse-xml|sandbox\/wire)\.ts$/,
  'wechat-crypto': /^wechat\/crypto\.ts$/,
}

describe('the house', () => {
  test('every room is in the table', () => {
    expect(files.map(roomOf).filter((room) => !(room in MAY_IMPORT))).toEqual([])
  })

  test('rooms import only what the table allows', () => {
    const wrong = imports.filter(isOurs).filter(({ from, to, typeOnly }) => {
      const [room, target] = [roomOf(from), roomOf(to)]
      const allowed = MAY_IMPORT[room] ?? []
      return (
        room !== target && !allowed.includes(target) && !(typeOnly && allowed.includes(`types:${target}`))
      )
    })
    expect(wrong).toEqual([])
  })

  test('libraries stay in their homes', () => {
    const wrong = imports.filter(({ from, to }) => {
      const library = to.split('/')[0] ?? ''
      return HOMES[library] !== undefined && !HOMES[library].test(from)
    })
    expect(wrong).toEqual([])
  })

  test('rules do not import rules', () => {
    const inRules = (path: string) => path.startsWith('conversation/rules/')
    expect(imports.filter(({ from, to }) => inRules(from) && inRules(to))).toEqual([])
  })

  test('nothing imports in a circle', () => {
    const edges = new Map(
      files.map((file) => [
        file,
        imports.filter((each) => each.from === file && isOurs(each) && !each.typeOnly).map(({ to }) => to),
      ]),
    )
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (done.has(file) || path.includes(file)) return
      for (const next of edges.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of files) walk(file, [])
    expect(circles).toEqual([])
  })

  test('the environment is handed to the configuration by the two programs alone', () => {
    const readers = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('process.env'))
    expect(readers.toSorted()).toEqual(['cli/context.ts', 'cli/main.ts', 'main.ts'])
  })

  test('the pages take from the service what was written for both, else nothing but types of what they are told', () => {
    const web = fileURLToPath(new URL('../web', import.meta.url))
    const taken = readdirSync(web, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|vue)$/.test(name) && !name.startsWith('dist'))
      .flatMap((name) =>
        [...readFileSync(join(web, name), 'utf8').matchAll(IMPORT)].flatMap(
          ([, typeWord, named, dynamic]) => {
            const [, to] = /^[./]+\/src\/(.+)$/.exec(named ?? dynamic ?? '') ?? []
            return to === undefined || !files.includes(to)
              ? []
              : [{ name, to, typeOnly: typeWord !== undefined }]
          },
        ),
      )
    expect(taken.length).toBeGreaterThan(20)
    const wrong = taken.filter(
      ({ to, typeOnly }) =>
        !to.startsWith('markdown/') &&
        !(typeOnly && (to === 'http/contract.ts' || to === 'sandbox/shown.ts')),
    )
    expect(wrong).toEqual([])
  })

  test('no file is a wall', () => {
    const walls = files.filter((file) => readFileSync(join(src, file), 'utf8').split('\n').length > 300)
    expect(walls).toEqual([])
  })
})
