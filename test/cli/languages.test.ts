import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Command } from 'commander'
import stringWidth from 'string-width'
import { speak } from '../../src/base/say.ts'
import { createProgram } from '../../src/cli/program.ts'
import { foreign, hasChinese } from '../support/languages.ts'
import { runProgram } from '../support/program.ts'
import { until } from '../support/until.ts'
import { type Installation, installYingda, spawnYingda } from '../support/yingda.ts'

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** What is typed is the same in every language. */
const isExample = (line: string): boolean => /^ {2}(?:yingda|OLD) /.test(line)

/** All of it, with the examples after it. */
const helpOf = (command: Command): string => {
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  return help
}

describe('the help of every command', () => {
  afterEach(() => speak('en'))

  test('is in Chinese where the operator is spoken to in Chinese', () => {
    speak('zh')
    const commands = everyCommand(createProgram())
    expect(commands.length).toBeGreaterThan(25)
    for (const command of commands) {
      const [usage = '', ...rest] = helpOf(command).split('\n')
      const lines = rest.filter((line) => !isExample(line))
      expect(usage).toMatch(/^用法： yingda\b.* \[选项\]/)
      expect([command.name(), foreign('zh', lines.join('\n'))]).toEqual([command.name(), []])
      // Headings, descriptions, options: nothing that says something is without a Chinese word.
      const mute = lines.filter((line) => /\S/.test(line) && !hasChinese(line))
      expect([command.name(), mute]).toEqual([command.name(), []])
    }
  })

  test('is in English where the operator is spoken to in English', () => {
    for (const command of everyCommand(createProgram()))
      expect([command.name(), foreign('en', helpOf(command))]).toEqual([command.name(), []])
  })
})

/** With a `{user}` that is there; each says something to whoever calls it. */
const CALLS: { [call: string]: number } = {
  migrate: 0,
  'migrate up': 0,
  'migrate down': 1,
  'cards craete': 2,
  'cards nothing': 2,
  'cards create --calls 5': 2,
  'cards create --count': 2,
  'cards create --count many --calls 5': 2,
  'cards create --count 1 --calls 5 --expires 2026-02-30': 2,
  'cards create --count 1 --calls 5 --expires 2001-01-01': 2,
  'cards create --count 1 --calls 5 --batch /': 2,
  'cards create --count 1 --calls 5 --out /nowhere/cards.csv': 1,
  'cards list': 0,
  'cards create --count 3 --calls 5 --batch spring': 0,
  'cards create --count 1 --calls 5 --batch spring': 1,
  'cards show': 2,
  'cards show spring/1': 0,
  'cards show spring/9': 1,
  'cards show 1/2/3/4': 1,
  'cards show ABC': 1,
  'cards verify ABC': 1,
  'cards redeem ABC --user {user}': 1,
  'cards void spring/1': 1,
  'cards void spring/1 --yes': 0,
  'cards void nowhere': 1,
  'cards void spring': 1,
  'cards void spring --yes': 0,
  'cards export': 2,
  'cards export spring --out spring.csv': 0,
  'cards import spring.csv': 1,
  'cards import nothing.csv': 1,
  'users list': 0,
  'users list --limit 0': 2,
  'users list --limit 1': 0,
  'users show nobody': 1,
  'users grant {user} --calls 0': 2,
  'users grant {user} --calls -5 --days 3': 2,
  'users grant {user} --calls -5': 1,
  'users grant {user} --calls 5 --days 3': 0,
  'users grant {user} --calls 7': 0,
  'users grant {user} --calls -100': 0,
  'users show {user}': 0,
  'users block {user}': 0,
  'users unblock {user}': 0,
  'users unblock {user} again': 2,
  'users erase {user}': 1,
  'users erase {user} --yes': 0,
  usage: 0,
  'usage --dayz 3': 2,
  'ledger reconcile': 0,
  'why ABC': 1,
  'why K7Q2M9TX': 1,
  'words test hello': 0,
  'words test badword': 0,
  'words test meanword': 0,
  audit: 0,
  'audit --days 0': 2,
  'backup list': 0,
  'backup create': 0,
  'backup create --out /nowhere/backup': 1,
  'backup verify nothing': 1,
  'backup verify words.txt': 1,
  'backup restore nothing': 1,
  'transfer --from sqlite:a': 2,
  'transfer --from mysql://h --to sqlite:b': 2,
  'health now': 2,
}

describe.each(['zh', 'en'] as const)('what every command says, in %s', (language) => {
  let yingda: Installation
  let user = ''
  beforeAll(async () => {
    const LANG = { zh: 'zh_CN.UTF-8', en: 'en_US.UTF-8' }[language]
    yingda = await installYingda('sqlite', undefined, { LANG })
    user = (await yingda.newUser()).id
    writeFileSync(join(yingda.dir, 'words.txt'), 'badword\nmask: meanword\n')
  })
  afterAll(() => yingda.close())

  test('is in that language, refusals and results alike', async () => {
    const wrong: unknown[] = []
    for (const [call, status] of Object.entries(CALLS)) {
      const ran = await yingda.run(...call.replace('{user}', user).split(' '))
      const said = ran.stdout + ran.stderr
      const isSaid = language === 'en' || hasChinese(said)
      if (ran.status !== status || !isSaid || foreign(language, said).length > 0) wrong.push({ call, ...ran })
    }
    expect(wrong).toEqual([])
    // Some sixty commands, one after the other, on a machine that may have much else to do.
  }, 90_000)

  test('tells wrong settings in that language, and the words of a document never change', async () => {
    const env = { ...yingda.env, PORT: 'eighty', RATE_PER_MINUTE: '0' }
    const { stderr } = await spawnYingda(yingda.dir, env, ['users', 'list'])
    expect(stderr).toMatch(
      language === 'zh' ? /^yingda: PORT 不对：应为端口号；/ : /^yingda: PORT is not right/,
    )
    expect(foreign(language, stderr)).toEqual([])
    const document = await yingda.json('cards', 'list')
    expect(document).toMatchObject({ batches: [{ name: 'spring', cards: 3, void: 3, calls: 5 }] })
  })
})

test('a table with Chinese headings is straight', async () => {
  const yingda = await installYingda('sqlite', undefined, { LANG: 'zh_CN.UTF-8' })
  try {
    const { stdout } = await yingda.run('usage')
    const widths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => stringWidth(line))
    expect(new Set(widths).size).toBe(1)
  } finally {
    await yingda.close()
  }
})

test('the service starts in Chinese where no terminal says otherwise, as in a container', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-chinese-'))
  const first = runProgram(dir, { LANG: '', PORT: '0', LOG_LEVEL: 'silent' })
  try {
    await until(() => /模拟手机/.test(first.out()) || first.child.exitCode !== null, 20_000)
    expect(first.out()).toMatch(/^应答已就绪：http:\S+\n\n沙盒模式：.*\n {2}模拟手机：http/)
    expect(foreign('zh', first.out())).toEqual([])
    const [port = ''] = /(?<=:)\d+(?=\n)/.exec(first.out()) ?? []
    const second = runProgram(dir, { LANG: '', PORT: port, LOG_LEVEL: 'silent' })
    expect(await second.exited).toBe(1)
    expect(second.out()).toBe(
      `yingda: 启动不了：端口 ${port} 已被占用：请停掉占用它的程序，或者设置 PORT 换一个端口\n`,
    )
  } finally {
    first.child.kill('SIGTERM')
    await first.exited
    rmSync(dir, { recursive: true, force: true })
  }
})
