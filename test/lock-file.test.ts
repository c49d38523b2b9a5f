import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

type Entry = { version?: string; integrity?: string; resolved?: string; link?: boolean; optional?: boolean }
type Lock = { packages: { [place: string]: Entry & { optionalDependencies?: { [name: string]: string } } } }

const readLock = (path: string): Lock => JSON.parse(readFileSync(path, 'utf8'))
const installed = Object.entries(readLock('package-lock.json').packages).filter(([place]) => place !== '')

describe('the lock file', () => {
  test('says of every package what it has to be, on whichever platform', () => {
    expect(installed.length).toBeGreaterThan(500)
    const bare = installed.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
    expect(bare.map(([place]) => place)).toEqual([])
  })

  test('names no address to fetch anything from', () => {
    expect(installed.filter(([, { resolved, link }]) => resolved !== undefined || link)).toEqual([])
  })
})

describe('completing the lock file', () => {
  const INTEGRITY = `sha512-${'A'.repeat(86)}==`
  let dir = ''
  const registry = createServer((req, res) => {
    const known = decodeURIComponent(req.url ?? '') === '/@x/lib-darwin-arm64'
    res.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
    const dist = { integrity: INTEGRITY, tarball: 'http://127.0.0.1/x.tgz' }
    const version = { name: '@x/lib-darwin-arm64', version: '1.2.3', dist }
    const found = { name: version.name, 'dist-tags': { latest: '1.2.3' }, versions: { '1.2.3': version } }
    res.end(JSON.stringify(known ? found : { error: 'not found' }))
  })
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-lock-'))
    await new Promise<void>((resolve) => {
      registry.listen(0, '127.0.0.1', resolve)
    })
  })
  afterAll(() => {
    registry.close()
    rmSync(dir, { recursive: true })
  })

  const complete = async (optionalDependencies: { [name: string]: string }) => {
    const path = join(dir, 'package-lock.json')
    const lib = { version: '1.0.0', integrity: INTEGRITY, optionalDependencies }
    writeFileSync(path, JSON.stringify({ packages: { '': {}, 'node_modules/lib': lib } }))
    const { port } = registry.address() as AddressInfo
    const env = {
      PATH: process.env.PATH,
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_cache: join(dir, 'cache'),
      npm_config_fetch_retries: '0',
    }
    const done = await new Promise<{ status: number; stderr: string }>((resolve) => {
      execFile(process.execPath, ['scripts/complete-lock.mjs', path], { env }, (error, _stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stderr }),
      )
    })
    return { ...done, packages: readLock(path).packages }
  }

  test('adds what another platform needs, with the integrity that the registry says', async () => {
    const { status, packages } = await complete({ '@x/lib-darwin-arm64': '1.2.3' })
    expect(status).toBe(0)
    expect(packages['node_modules/@x/lib-darwin-arm64']).toEqual({
      version: '1.2.3',
      os: ['darwin'],
      cpu: ['arm64'],
      optional: true,
      integrity: INTEGRITY,
    })
  })

  test('fails, and leaves the file as it was, where the registry knows of none', async () => {
    const { status, stderr, packages } = await complete({ '@x/lib-linux-arm64': '1.2.3' })
    expect(status).toBe(1)
    expect(stderr).toContain('@x/lib-linux-arm64@1.2.3: the registry has no integrity for it')
    expect(Object.keys(packages)).toEqual(['', 'node_modules/lib'])
  })
})
