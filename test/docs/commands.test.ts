import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, globSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { COMPOSE_NAMES } from '../../src/base/settings/compose.ts'
import { SETTINGS } from '../../src/base/settings.ts'
import { programEnv } from '../support/program-env.ts'
import { type Installation, installYingda } from '../support/yingda.ts'
import { RUNNERS, type Runner, STANDS_FOR } from './commands.ts'
import { commandsOf, settingsOf } from './read-commands.ts'

const PAGES = globSync(['*.md', 'docs/{,zh/}{cli,operating,backup,releases,image,proxy}.md']).toSorted()
const commands = PAGES.flatMap(commandsOf)

/** `yingda …`, by whichever road the docs call it: in a container, by npm, or on the PATH. */
const OURS =
  /^(?:docker compose (?:exec|run --rm)(?: -T)?(?: -e \S+)? app(?: yingda|(?= tar ))|npm run yingda --|yingda) (.*)$/
const NPM = /^npm (?:run )?([\w-]+)(?: -- .*)?$/

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
/** The same in both languages, and by whichever road, is one saying. */
const plain = (word: string): string =>
  Object.values(STANDS_FOR).find((words) => words.some((each) => each === word))?.[0] ?? word
const sayings = [
  ...new Set(commands.map(({ command }) => OURS.exec(command)?.[1]?.split(' ').map(plain).join(' ') ?? '')),
].filter((saying) => saying !== '')
const others = [...new Set(commands.map(({ command }) => command))].filter((command) => !OURS.test(command))

describe('commands in the docs', () => {
  test('are found', () => {
    expect(commands.length).toBeGreaterThan(100)
    expect(sayings.length).toBeGreaterThan(15)
  })

  test('that call npm name a script, whose files are there', () => {
    const names = others.map((command) => NPM.exec(command)?.[1]).filter((name) => name !== undefined)
    expect(names.filter((name) => !(name in scripts))).toEqual([])
    const files = names.flatMap((name) => String(scripts[name]).match(/\b(?:scripts|src)\/[\w/.-]+/g) ?? [])
    expect(files).toContain('scripts/bench.ts')
    expect(files.filter((file) => !existsSync(file))).toEqual([])
  })

  test('are each run by somebody: this test, another one, the rehearsal, or the world outside', () => {
    const known = (command: string) => NPM.test(command) || RUNNERS.some(({ is }) => is.test(command))
    expect(others.filter((command) => !known(command))).toEqual([])
  })

  test('have no runner who is not needed', () => {
    const all = commands.map(({ command }) => command)
    expect(RUNNERS.filter(({ is }) => !all.some((command) => is.test(command)))).toEqual([])
  })

  const rehearsal = globSync('scripts/rehearse{.ts,/**/*.ts}')
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  const rehearsed = RUNNERS.filter(
    (each): each is Extract<Runner, { rehearsed: string }> => 'rehearsed' in each,
  )
  test.each(rehearsed)('$is is rehearsed', ({ rehearsed: words }) => {
    expect(rehearsal).toContain(words)
  })

  const tests = RUNNERS.filter((each): each is Extract<Runner, { test: string }> => 'test' in each)
  test.each(tests)('$is is run by $test', ({ test: file, holds }) => {
    expect(readFileSync(file, 'utf8')).toContain(holds)
  })
})

test.each([
  ['README.md', '## Going live', '## The sandbox'],
  ['README.zh-CN.md', '## 上线', '## 沙盒'],
])('going live takes ten commands at most in %s', (page, begin, end) => {
  const part = readFileSync(page, 'utf8').split(begin)[1]?.split(end)[0] ?? ''
  const lines = [...part.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  )
  expect(lines).toContain('docker compose up -d')
  expect(lines.length).toBeLessThanOrEqual(10)
})

test.each(['docs/operating.md', 'docs/zh/operating.md'])(
  'the unit for systemd in %s starts what is there',
  (page) => {
    const unit = /```ini\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? ''
    const [, node, program] = /^ExecStart=\/opt\/yingda\/(\S+) (\S+)$/m.exec(unit) ?? []
    expect(node && existsSync(node)).toBe(true)
    expect(program && existsSync(program)).toBe(true)
  },
)

test('settings in the docs are settings that there are', () => {
  const names = [...PAGES, 'docs/channels.md', 'docs/zh/channels.md'].flatMap(settingsOf)
  expect(names).toContain('OPENAI_API_KEY')
  expect(names.filter((name) => !(name.replace(/_FILE$/, '') in SETTINGS || name in COMPOSE_NAMES))).toEqual(
    [],
  )
})

/** Those that refuse in a way that is right: `doctor` without a model, `health` without a service. */
const MAY_SAY_NO = /^(doctor|health)/

/** What asks whether it shall be done: somebody says yes. */
const ASKS = /^(cards (void|import)|users erase|transfer) /

/** Which file FILE is: one that is there, or a new one. */
const FILES = [
  ['backup create', 'new.backup'],
  ['backup', 'yingda.backup'],
] as const

/** These end the process they are in. */
const OF_ITS_OWN = /^(doctor|health)/

describe('what the docs say to yingda', () => {
  let yingda: Installation
  const real: { -readonly [name in keyof typeof STANDS_FOR]?: string } = {}
  beforeAll(async () => {
    yingda = await installYingda('sqlite')
    const user = await yingda.newUser()
    await yingda.run('cards', 'create', '--count', '3', '--calls', '5', '--batch', '1')
    const made = await yingda.json('cards', 'create', '--count', '2', '--calls', '5', '--batch', 'one')
    const { cards } = made as { cards: { key: string }[] }
    await yingda.operator.refusals.record({
      ...{ code: 'K7Q2M9TX', at: Date.now(), rule: 'quota', userId: 'usr_1' },
      details: { price: 5, left: 2, model: 'gpt-5' },
    })
    Object.assign(real, {
      code: 'K7Q2M9TX',
      key: cards[0]?.key,
      batch: 'one',
      user: user.id,
      file: 'used.csv',
    })
    await yingda.run('cards', 'redeem', cards[1]?.key ?? '', '--user', user.id)
    await yingda.run('cards', 'export', '--used', '--out', 'used.csv')
    const target = join(yingda.dir, 'target')
    writeFileSync(target, `sqlite:${target}.sqlite`)
    Object.assign(real, { database: yingda.env.DATABASE_URL, target: `@${target}` })
  })
  afterAll(() => yingda.close())

  const realOf = (word: string): string => {
    for (const [name, words] of Object.entries(STANDS_FOR))
      if (words.some((each) => each === word)) return real[name as keyof typeof STANDS_FOR] ?? word
    return word
  }

  /** By its own process, with a file for what it reads or writes, as a shell would do it. */
  const runWithFile = async (args: string[], sign: string, file: string) => {
    const path = join(yingda.dir, file)
    const fd = openSync(path, sign === '>' ? 'w' : 'r')
    // What else the image has: the folder of the container is the one of this test.
    const [program, ...rest] =
      args[0] === 'tar'
        ? args.map((arg) => (arg === '/data' ? yingda.dir : arg))
        : [process.execPath, join(process.cwd(), 'src/cli/main.ts'), ...args]
    const child = spawn(program ?? '', rest, {
      cwd: yingda.dir,
      env: { ...programEnv(), ...yingda.env },
      stdio: [sign === '<' ? fd : 'ignore', sign === '>' ? fd : 'ignore', 'pipe'],
    })
    closeSync(fd)
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    const [status] = await once(child, 'close')
    return { status: Number(status), stderr }
  }

  test.each(sayings)('%s', async (saying) => {
    const [, line = '', sign, file = ''] = /^(.*?)(?: ([<>]) (\S+))?$/.exec(saying) ?? []
    real.file = FILES.find(([begin]) => line.startsWith(begin))?.[1] ?? 'used.csv'
    const typed = line.replaceAll('$(date +%F)', '2026-12-25').split(' ').map(realOf)
    // A name alone is no command to type: what it does is what its help tells.
    const args =
      /^(init|why|cards import|migrate (up|check)|backup( restore -)?|transfer( --from URL --to URL)?)$/.test(
        line,
      )
        ? [...typed, '--help']
        : ASKS.test(line)
          ? [...typed, '--yes']
          : typed
    const { status, stderr } = sign
      ? await runWithFile(args, sign, file)
      : OF_ITS_OWN.test(line)
        ? await yingda.spawn(...args)
        : await yingda.run(...args)
    const fine = status === 0 || (MAY_SAY_NO.test(line) && status === 1)
    expect({ stderr: fine ? '' : stderr, fine }).toEqual({ stderr: '', fine: true })
  })
})
