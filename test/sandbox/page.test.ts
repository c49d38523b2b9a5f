import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createSandboxAccount } from '../../src/sandbox/account.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'

const account = createSandboxAccount(randomBytes)

describe('the page', () => {
  let directory: string
  let withPage: SandboxServer

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'yingda-page-'))
    withPage = await startSandboxServer({ account, pageDirectory: directory })
  })

  afterEach(async () => {
    await withPage.close()
    await rm(directory, { recursive: true })
  })

  test('says what to run when it has not been built', async () => {
    const page = await fetch(withPage.url)
    expect(page.status).toBe(503)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await page.text()).toContain('npm start')
  })

  test('is served with a strict policy; its assets may be kept for ever', async () => {
    await mkdir(join(directory, 'assets'))
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>')
    await writeFile(join(directory, 'assets', 'index-abc.js'), 'export {}')
    for (const url of [withPage.url, `${withPage.url}/`]) {
      const page = await fetch(url)
      expect(await page.text()).toContain('<title>page</title>')
      expect(page.headers.get('cache-control')).toBe('no-cache')
      const policy = page.headers.get('content-security-policy')
      for (const rule of [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ])
        expect(policy).toContain(rule)
      expect(policy).not.toContain('unsafe')
    }
    const asset = await fetch(`${withPage.url}/assets/index-abc.js`)
    expect(asset.headers.get('content-type')).toMatch(/javascript/)
    expect(asset.headers.get('cache-control')).toMatch(/immutable/)
  })

  test('gives away nothing beside its assets', async () => {
    await mkdir(join(directory, 'assets'))
    await writeFile(join(directory, 'secret.txt'), 'secret')
    for (const path of ['/assets/none.js', '/assets/', '/assets/..%2fsecret.txt', '/secret.txt']) {
      const answer = await fetch(`${withPage.url}${path}`)
      expect([path, [400, 403, 404].includes(answer.status)]).toEqual([path, true])
      expect(await answer.text()).not.toBe('secret')
    }
  })
})
