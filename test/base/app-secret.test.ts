import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { deriveKey, loadAppSecrets } from '../../src/base/app-secret.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-secret-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

type Settings = Parameters<typeof loadAppSecrets>[0]
const settings = (more: Partial<Settings> = {}): Settings => ({
  APP_SECRET: undefined,
  APP_SECRET_PREVIOUS: undefined,
  DATA_DIR: join(dir, 'data'),
  DATABASE_URL: 'sqlite:whatever',
  ...more,
})
const file = () => join(dir, 'data', 'app-secret')
const base64 = () => randomBytes(32).toString('base64')

describe('the app secret', () => {
  test('comes from the settings, and no file is made', () => {
    const [current, previous, first] = [base64(), base64(), base64()]
    const APP_SECRET_PREVIOUS = `${previous}, ${first}\n`
    const secrets = loadAppSecrets(settings({ APP_SECRET: current, APP_SECRET_PREVIOUS }))
    expect(secrets.current.toString('base64')).toBe(current)
    expect(secrets.previous.map((each) => each.toString('base64'))).toEqual([previous, first])
    expect(readdirSync(dir)).toEqual([])
  })

  test('is made once, for its owner alone, and found again', () => {
    const first = loadAppSecrets(settings())
    expect(first.current).toHaveLength(32)
    expect(first.previous).toEqual([])
    expect(loadAppSecrets(settings())).toEqual(first)
    expect(readFileSync(file(), 'utf8').trim()).toBe(first.current.toString('base64'))
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(dir, 'data'))).toEqual(['app-secret'])
  })

  test('is another one in another folder', () => {
    const one = loadAppSecrets(settings())
    const other = loadAppSecrets(settings({ DATA_DIR: join(dir, 'other') }))
    expect(one.current.equals(other.current)).toBe(false)
  })

  test('is the same in processes that start at once', async () => {
    const module = new URL('../../src/base/app-secret.ts', import.meta.url).href
    const script = `const { loadAppSecrets } = await import(${JSON.stringify(module)})
      process.stdout.write(loadAppSecrets(${JSON.stringify(settings())}).current.toString('hex'))`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const outputs = await Promise.all(Array.from({ length: 6 }, run))
    expect(outputs[0]?.stdout).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1)
  })

  test.each([
    ['empty', ''],
    ['cut short', 'c2hvcnQ=\n'],
    ['too long', randomBytes(33).toString('base64')],
  ])('a file that is %s is an error that keeps the file and does not show it', (_, content) => {
    loadAppSecrets(settings())
    writeFileSync(file(), content)
    expect(() => loadAppSecrets(settings())).toThrow(expect.objectContaining({ code: 'bad-app-secret' }))
    expect(() => loadAppSecrets(settings())).toThrow(/app-secret does not hold 32 bytes/)
    expect(readFileSync(file(), 'utf8')).toBe(content)
    if (content !== '') expect(() => loadAppSecrets(settings())).not.toThrow(content.trim())
  })

  test('a place that cannot hold a file is an error with a next step', () => {
    writeFileSync(join(dir, 'data'), 'a file, not a folder')
    chmodSync(join(dir, 'data'), 0o600)
    expect(() => loadAppSecrets(settings())).toThrow(expect.objectContaining({ code: 'bad-app-secret' }))
    expect(() => loadAppSecrets(settings())).toThrow(/set APP_SECRET/)
  })

  test('has to be set with MySQL', () => {
    const mysql = settings({ DATABASE_URL: 'mysql://u:p@db/x' })
    expect(() => loadAppSecrets(mysql)).toThrow(/APP_SECRET is required with MySQL/)
    expect(loadAppSecrets({ ...mysql, APP_SECRET: base64() }).current).toHaveLength(32)
  })
})

describe('derived keys', () => {
  const secret = Buffer.alloc(32, 7)

  test('are the same for a purpose and unlike for others', () => {
    expect(deriveKey(secret, 'answer-link')).toEqual(deriveKey(secret, 'answer-link'))
    expect(deriveKey(secret, 'answer-link')).not.toEqual(deriveKey(secret, 'session'))
    expect(deriveKey(secret, 'answer-link')).not.toEqual(deriveKey(Buffer.alloc(32, 8), 'answer-link'))
    expect(deriveKey(secret, 'answer-link')).not.toEqual(secret)
  })

  test('are as long as asked', () => {
    expect(deriveKey(secret, 'a')).toHaveLength(32)
    expect(deriveKey(secret, 'a', 16)).toHaveLength(16)
  })

  test('stay what they are: sealed things outlive a release', () => {
    expect(deriveKey(secret, 'answer-link').toString('hex')).toBe(
      '4914e534e659c28a85aefc671fae9f309a9cd60d1f8ddc2c82ab7a321c7caf4d',
    )
  })
})
