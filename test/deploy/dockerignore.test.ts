import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, matchesGlob, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../support/compose-files.ts'

const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8')

/** As Docker reads it: a line is about a file and all below it, and the last that says anything counts. */
const isTaken = (path: string): boolean => {
  const parts = path.split('/')
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  return lines.reduce((taken, line) => {
    const pattern = line.replace(/^!/, '')
    return above.some((each) => pattern === '*' || matchesGlob(each, pattern)) ? line.startsWith('!') : taken
  }, true)
}

test.each([
  ...['.env', '.env.example', '.env.pre', 'src/.env', 'web/.env.local', '.npmrc', '.git/config'],
  ...['secrets/app_secret', 'secrets/mysql_password', 'config/channels.yaml', 'config/frpc.toml'],
  ...['data/yingda.sqlite', 'data/app-secret', 'src/copy.sqlite', 'src/copy.sqlite-wal', 'src/server.key'],
  ...[
    'node_modules/jest/package.json',
    'web/node_modules/x/index.js',
    'web/dist/index.html',
    'web/dist/app.js.map',
  ],
  ...[
    'test/base/config.test.ts',
    'docs/house.md',
    'README.md',
    'scripts/init.sh',
    'scripts/test.ts',
    'yingda.log',
  ],
  ...['docker-compose.yml', 'deploy/Dockerfile', 'deploy/releases/history', 'backup.yingda.gz'],
])('no image is built with %s', (path) => {
  expect(isTaken(path)).toBe(false)
})

test('every file of the service and the page is there to be built', () => {
  const paths = [
    ...['package.json', 'package-lock.json'],
    ...globSync('{src,web,migrations}/**', {
      ...{ cwd: ROOT, withFileTypes: true },
      exclude: ({ name }) => name.startsWith('dist') || name === 'node_modules',
    })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  ]
  expect(paths.length).toBeGreaterThan(300)
  expect(paths.filter((path) => !isTaken(path))).toEqual([])
})

test('what the Dockerfile copies is let through', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  expect(copied.length).toBeGreaterThan(6)
  for (const name of copied) {
    const there = name === 'scripts' ? 'scripts/build-web.ts' : name
    expect([name, isTaken(there), existsSync(join(ROOT, name))]).toEqual([name, true, true])
  }
})

test('the image is no root, has no development in it and names its health', () => {
  expect(dockerfile).toMatch(/^USER 1000:1000$/m)
  expect(dockerfile).toMatch(/npm (ci|prune) --omit=dev --ignore-scripts/)
  expect(dockerfile).toMatch(/^HEALTHCHECK .*CMD \["yingda", "health"\]$/m)
  const last = dockerfile.split('AS service')[1] ?? ''
  expect(last).not.toMatch(/npm (ci|install)|apt-get|curl|COPY (\S+ )*\. /)
})
