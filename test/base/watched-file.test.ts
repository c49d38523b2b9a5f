import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Reading, type WatchedFile, watchFile } from '../../src/base/watched-file.ts'
import { logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

let folder: string
let path: string
const opened: WatchedFile<string>[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-file-'))
  path = join(folder, 'words.txt')
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((file) => file.stop()))
  rmSync(folder, { recursive: true })
})

/** A file whose value is its text; one that begins with `broken` is. */
const read = (bytes: Buffer): Reading<string> => {
  const text = bytes.toString()
  if (text === 'throw') throw new Error('a fault')
  if (text.startsWith('broken')) return { ok: false, problems: [`line 1: ${text}`] }
  return { ok: true, value: text, notes: text === 'odd' ? ['line 1 is odd'] : [] }
}

const watch = async (parts: { optional?: boolean; maxBytes?: number; path?: string } = {}) => {
  const clock = createManualClock(0)
  const { log, lines } = logTo()
  const file = await watchFile({ path, optional: true, read, empty: '', clock, log, ...parts })
  opened.push(file)
  /** Lets that much time pass, and the look at the file that falls due. */
  const look = async (ms: number) => {
    await clock.advance(ms)
    await until(() => clock.sleeping() === 1)
  }
  /** Long enough to see a change and to see it rest. */
  const settle = async () => {
    await look(2000)
    await look(500)
  }
  return {
    file,
    clock,
    lines,
    look,
    settle,
    problems: () => lines.flatMap(({ fields }) => ('problems' in fields ? [fields.problems] : [])),
  }
}

const writeByRename = (text: string) => {
  writeFileSync(`${path}~`, text)
  renameSync(`${path}~`, path)
}

describe('at the start', () => {
  test('a file is read', async () => {
    writeFileSync(path, 'one')
    const { file, lines } = await watch()
    expect(file.initial).toEqual({ ok: true })
    expect(file.current()).toBe('one')
    expect(lines).toEqual([])
  })

  test('an optional file that is missing is empty, and nothing to speak of', async () => {
    const { file, lines } = await watch()
    expect(file.initial).toEqual({ ok: true })
    expect(file.current()).toBe('')
    expect(lines).toEqual([])
  })

  test('a named file that is missing is empty, and a problem', async () => {
    const { file, problems } = await watch({ optional: false })
    expect(file.initial).toEqual({ ok: false, problems: ['the file is not there'] })
    expect(file.current()).toBe('')
    expect(problems()).toEqual([['the file is not there']])
  })

  test('a broken file is empty, and tells its problems', async () => {
    writeFileSync(path, 'broken')
    const { file, lines } = await watch()
    expect(file.initial).toEqual({ ok: false, problems: ['line 1: broken'] })
    expect(file.current()).toBe('')
    expect(lines).toMatchObject([{ level: 'error', fields: { path, problems: ['line 1: broken'] } }])
  })

  test('what was passed over is told', async () => {
    writeFileSync(path, 'odd')
    const { file, lines } = await watch()
    expect(file.current()).toBe('odd')
    expect(lines).toMatchObject([{ level: 'warn', fields: { path, notes: ['line 1 is odd'] } }])
  })

  test('a file that is put right is used', async () => {
    writeFileSync(path, 'broken')
    const { file, settle } = await watch()
    writeFileSync(path, 'right')
    await settle()
    expect(file.current()).toBe('right')
  })
})

describe('a change', () => {
  test('is taken once it has rested', async () => {
    writeFileSync(path, 'one')
    const { file, look, lines } = await watch()
    writeFileSync(path, 'two two')
    await look(1999)
    expect(file.current()).toBe('one')
    await look(1)
    expect(file.current()).toBe('one')
    await look(500)
    expect(file.current()).toBe('two two')
    expect(lines).toMatchObject([{ level: 'info', fields: { path } }])
  })

  test('is taken whole, however slowly it is written', async () => {
    writeFileSync(path, 'one')
    const { file, look } = await watch()
    const seen = new Set<string>()
    writeFileSync(path, '')
    await look(2000)
    for (const half of ['a', 'a\nb', 'a\nb\nc']) {
      writeFileSync(path, half)
      await look(500)
      seen.add(file.current())
    }
    await look(500)
    expect([...seen]).toEqual(['one'])
    expect(file.current()).toBe('a\nb\nc')
  })

  test.each([
    ['an editor renames a new file over the old one', writeByRename],
    ['an editor writes into the file', (text: string) => writeFileSync(path, text)],
    [
      'an editor takes the file away first',
      (text: string) => {
        rmSync(path)
        writeFileSync(path, text)
      },
    ],
  ])('is seen when %s, though size and time stay', async (_, write) => {
    writeFileSync(path, 'one')
    const { atime, mtime } = statSync(path)
    const { file, settle, problems } = await watch()
    write('two')
    utimesSync(path, atime, mtime)
    await settle()
    expect(file.current()).toBe('two')
    expect(problems()).toEqual([])
  })

  test('that is undone before it rests is none', async () => {
    const { look, lines } = await watch()
    writeFileSync(path, 'one')
    await look(2000)
    rmSync(path)
    await look(500)
    await look(2000)
    expect(lines).toEqual([])
  })

  test('goes on being seen, one after the other', async () => {
    const { file, settle } = await watch()
    for (const text of ['one', 'two', 'three']) {
      writeByRename(text)
      await settle()
      expect(file.current()).toBe(text)
    }
  })
})

describe('a broken new version', () => {
  test('is told once, and the old one stays', async () => {
    writeFileSync(path, 'one')
    const { file, settle, problems } = await watch()
    writeFileSync(path, 'broken')
    await settle()
    await settle()
    await settle()
    expect(file.current()).toBe('one')
    expect(file.initial).toEqual({ ok: true })
    expect(problems()).toEqual([['line 1: broken']])
  })

  test('is told anew when it is another, and is over when one is right', async () => {
    writeFileSync(path, 'one')
    const { file, settle, problems } = await watch()
    for (const text of ['broken', 'broken too']) {
      writeByRename(text)
      await settle()
    }
    expect(problems()).toEqual([['line 1: broken'], ['line 1: broken too']])
    writeByRename('two')
    await settle()
    expect(file.current()).toBe('two')
  })

  test('may be too large, and is then not read', async () => {
    writeFileSync(path, '12345678')
    const { file, settle, problems } = await watch({ maxBytes: 8 })
    expect(file.current()).toBe('12345678')
    writeFileSync(path, '123456789')
    await settle()
    expect(file.current()).toBe('12345678')
    expect(problems()).toEqual([['the file is larger than 8 bytes']])
  })

  test.each([
    ['a folder', () => mkdirSync(path), 'it is no file'],
    ['a named pipe', () => execFileSync('mkfifo', [path]), 'it is no file'],
    [
      'a link to itself',
      () => symlinkSync(path, path),
      'the file cannot be read (ELOOP): check its permissions',
    ],
  ])('may be %s', async (_, make, problem) => {
    writeFileSync(path, 'one')
    const { file, settle, problems } = await watch()
    rmSync(path)
    make()
    await settle()
    expect(file.current()).toBe('one')
    expect(problems()).toEqual([[problem]])
    rmSync(path, { recursive: true })
    writeFileSync(path, 'two')
    await settle()
    expect(file.current()).toBe('two')
  })

  test('may make the reader fail, and the watching goes on', async () => {
    writeFileSync(path, 'one')
    const { file, settle, lines } = await watch()
    writeFileSync(path, 'throw')
    await settle()
    expect(file.current()).toBe('one')
    expect(lines).toMatchObject([
      { level: 'error', fields: { err: new Error('a fault') } },
      { fields: { problems: ['the file is not understood'] } },
    ])
    writeFileSync(path, 'two')
    await settle()
    expect(file.current()).toBe('two')
  })
})

describe('a file that is gone', () => {
  test('is empty when it is optional, and says so once', async () => {
    writeFileSync(path, 'one')
    const { file, settle, lines } = await watch()
    rmSync(path)
    await settle()
    await settle()
    expect(file.current()).toBe('')
    expect(lines).toMatchObject([{ level: 'warn', fields: { path } }])
    writeFileSync(path, 'one')
    await settle()
    expect(file.current()).toBe('one')
  })

  test('stays what it was when it was named, and says so once', async () => {
    writeFileSync(path, 'one')
    const { file, settle, problems } = await watch({ optional: false })
    rmSync(path)
    await settle()
    await settle()
    expect(file.current()).toBe('one')
    expect(problems()).toEqual([['the file is not there']])
  })

  test('is gone when its folder is', async () => {
    const parent = join(folder, 'folder')
    mkdirSync(parent)
    writeFileSync(join(parent, 'words.txt'), 'one')
    const { file, settle } = await watch({ path: join(parent, 'words.txt') })
    rmSync(parent, { recursive: true })
    writeFileSync(parent, 'now a file')
    await settle()
    expect(file.current()).toBe('')
  })
})

test('a stopped file is no longer looked at, and keeps its value', async () => {
  writeFileSync(path, 'one')
  const { file, clock } = await watch()
  await file.stop()
  expect(clock.sleeping()).toBe(0)
  writeFileSync(path, 'two')
  await clock.advance(10_000)
  expect(file.current()).toBe('one')
  await file.stop()
})
