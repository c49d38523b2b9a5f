import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { askHealth } from '../../src/cli/health/ask-health.ts'
import { startService } from '../support/service.ts'
import { spawnYingda } from '../support/yingda.ts'

let cwd = ''
const closings: (() => Promise<void> | void)[] = []
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'yingda-health-'))
  closings.push(() => rmSync(cwd, { recursive: true }))
})
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

/** Something that answers every request with `status`, or not at all, on a port of its own. */
const answering = async (status: number | undefined): Promise<string> => {
  const server = createServer((_req, res) => {
    if (status !== undefined) res.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closings.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return String((server.address() as AddressInfo).port)
}

describe('yingda health', () => {
  test.each([{}, { HOST: '0.0.0.0' }, { HOST: '127.0.0.2' }, { HOST: 'localhost' }])(
    'is fine with a service that is ready, whatever it listens on: %j',
    async (where) => {
      const service = await startService('sqlite', { ...where, METRICS_TOKEN: 'a-token' })
      closings.push(service.close)
      const { port } = new URL(service.url)
      const env = { ...service.env, PORT: port }
      expect(await askHealth(env, { cwd })).toMatchObject({ ok: true })
      if ('HOST' in where) return
      expect(await spawnYingda(cwd, env, ['health'])).toEqual({ status: 0, stdout: 'ready\n', stderr: '' })
      await service.stop()
      const after = await spawnYingda(cwd, env, ['health'])
      expect(after).toMatchObject({ status: 1, stdout: '' })
      expect(after.stderr).toMatch(/^yingda: nobody answers at .*\n$/)
    },
  )

  test('says what to do when the service is not ready, and does not wait for ever', async () => {
    expect(await askHealth({ PORT: await answering(503) }, { cwd })).toMatchObject({
      ok: false,
      why: expect.stringMatching(/not ready \(HTTP 503\).*yingda doctor/),
    })
    expect(await askHealth({ PORT: await answering(undefined) }, { cwd, withinMs: 100 })).toMatchObject({
      ok: false,
      why: expect.stringContaining('nobody answers'),
    })
  })

  test('asks a worker on its own port, and says so when it has none', async () => {
    const port = await answering(200)
    expect(await askHealth({ ROLE: 'worker', WORKER_PORT: port }, { cwd })).toMatchObject({ ok: true })
    expect(await askHealth({ ROLE: 'worker', PORT: port }, { cwd })).toMatchObject({
      ok: false,
      why: expect.stringContaining('set WORKER_PORT'),
    })
    const ran = await spawnYingda(cwd, { ROLE: 'worker' }, ['health', '--json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, url: null })
  })

  test('finds the port where the service does: in .env, or in a file', async () => {
    const port = await answering(200)
    writeFileSync(join(cwd, '.env'), `PORT=${port}\n`)
    expect(await askHealth({}, { cwd })).toMatchObject({ ok: true })
    writeFileSync(join(cwd, '.env'), '')
    writeFileSync(join(cwd, 'port'), `${port}\n`)
    expect(await askHealth({ PORT_FILE: 'port' }, { cwd })).toMatchObject({ ok: true })
    for (const wrong of ['0', 'http', '123456', '-1'])
      expect(await askHealth({ PORT: wrong }, { cwd })).toMatchObject({
        ok: false,
        why: expect.stringContaining(`PORT=${wrong} is no fixed port`),
      })
  })
})
