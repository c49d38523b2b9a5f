import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { startTestServices } from './test/services.ts'

/**
 * `test.ts all` runs everything: format, lint, types, every test on both databases and both sets of adapters.
 * `test.ts quick` leaves out what needs MariaDB, Redis or a browser. `test.ts soak` runs the properties, many times as long.
 * More arguments go to jest.
 */
const [mode, ...jestArgs] = process.argv.slice(2)
if (mode !== 'all' && mode !== 'quick' && mode !== 'soak') {
  console.error('usage: test.ts all|quick|soak [jest arguments]')
  process.exit(2)
}

// Programs are started over and over: what was compiled once is kept.
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node')

const bin = (name: string) => `node_modules/.bin/${name}`

const step = (title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): void => {
  console.log(`\n── ${title}`)
  const startedAt = performance.now()
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  console.log(`── ${title}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  if (status === 0) return
  console.error(`\n${title}: failed${signal ? ` (${signal})` : ''}`)
  process.exit(status ?? 1)
}

if (jestArgs.length === 0 && mode !== 'soak') {
  step('format and lint', bin('biome'), ['check', '--error-on-warnings', '.'])
  step('types', process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit'])
  // Components are read by vue-tsc alone, which needs the older compiler's API.
  step('types of the page', process.execPath, ['scripts/check-web.cjs', '--noEmit', '-p', 'web'])
}

step('the page', process.execPath, ['scripts/build-web.ts'])

if (mode === 'quick') console.log('\nMariaDB, Redis and the long flows are left to npm test.')

const services = mode === 'quick' ? undefined : await startTestServices()
// A failing step exits at once, so the servers are stopped on the way out, whichever way that is.
process.on('exit', () => services?.stop())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
const jest = (title: string, part?: 'side-by-side' | 'programs' | 'alone'): void =>
  step(
    title,
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...jestArgs,
    ],
    {
      TEST_ENGINES: mode === 'quick' ? 'quick' : 'all',
      ...services?.env,
      ...(part ? { TEST_PART: part } : {}),
    },
  )
/** Suites whose number of runs can be multiplied: they ask test/support/runs.ts for it. */
const properties = () =>
  globSync('test/**/*.test.ts').filter((path) => readFileSync(path, 'utf8').includes('/support/runs.ts'))

if (mode === 'quick') jest('tests on SQLite and memory')
else if (mode === 'soak') {
  process.env.TEST_RUNS_TIMES ??= '20'
  if (jestArgs.length === 0) jestArgs.push('--runInBand', ...properties())
  jest('properties, many times')
} else if (jestArgs.length > 0) jest('tests')
else {
  jest('tests, side by side', 'side-by-side')
  jest('programs and browsers, side by side', 'programs')
  jest('programs that are short of time, one after the other', 'alone')
}
// The servers would keep this process alive.
process.exit(0)
