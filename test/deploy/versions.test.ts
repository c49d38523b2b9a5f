import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { Env } from '../support/service.ts'
import { openServer, type Server } from './server.ts'

// A deployment is twenty programs, one after the other.
jest.setTimeout(60_000)

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
const open = (env: Env, ...versions: string[]): Server => {
  const server = openServer({ YINGDA_VERSION: '1.0.0', ...env })
  servers.push(server)
  for (const version of versions) server.addSmallVersion(version)
  return server
}

const versionAt = async (url: string): Promise<string> => (await (await fetch(url)).json()).version

test('with the profile full the worker changes with the app, and what was stopped runs again first', async () => {
  const image = 'registry.example.org/you/yingda'
  const server = open({ YINGDA_IMAGE: image, COMPOSE_PROFILES: 'full', ROLE: 'api' })
  expect(await server.deploy('build', '1.0.0')).toMatchObject({
    status: 1,
    out: expect.stringContaining('docker login'),
  })
  server.addSmallVersion('1.0.0', '', image)
  server.addSmallVersion('1.1.0', '', image)
  // A server that was started by hand.
  server.docker('compose', 'up', '-d')
  expect((await server.deploy('status')).out).not.toContain('unfinished')
  for (const service of ['app', 'worker']) process.kill(server.container(`yingda-${service}`).pid, 'SIGKILL')
  expect(await server.deploy('build', 'v1.1.0')).toMatchObject({ status: 0 })
  expect(await server.deploy('up', 'v1.1.0')).toMatchObject({ status: 0 })
  expect(server.containers().toSorted()).toEqual(['yingda-app', 'yingda-front', 'yingda-worker'])
  for (const [service, role] of [
    ['app', 'api'],
    ['worker', 'worker'],
  ] as const) {
    const { image: id, env } = server.container(`yingda-${service}`)
    expect([id, env.ROLE]).toEqual(['sha256:small-1.1.0-', role])
  }
  expect(await server.deploy('up', '1.1.0')).toMatchObject({ status: 0, out: '1.1.0 is live already.\n' })
  expect(await server.deploy('rollback')).toMatchObject({ status: 0 })
  expect(await versionAt(server.frontUrl)).toBe('1.0.0')
  expect(await server.deploy('rollback')).toMatchObject({
    status: 1,
    out: expect.stringContaining('no earlier version'),
  })
})

test('a client that is sudo is handed what it needs, and .env may be written by hand', async () => {
  const server = open({}, '1.0.0', '1.1.0')
  writeFileSync(server.at('.env'), 'A=1\r\nexport YINGDA_VERSION="1.0.0" # by hand\r\n')
  // As sudo does: of the variables of Compose, what is named alone.
  const sudo = join(server.dir, 'sudo')
  writeFileSync(
    sudo,
    '#!/bin/sh\ncase $1 in --preserve-env=*NEXT_VERSION*) shift ;; *) unset NEXT_VERSION COMPOSE_PROFILES ;; esac\nexec "$@"\n',
  )
  chmodSync(sudo, 0o755)
  const asSudo = { DOCKER: `sudo ${join(server.dir, 'client')}`, PATH: `${server.dir}:${process.env.PATH}` }
  for (const version of ['1.0.0', '1.1.0'])
    expect(await server.start(['up', version], asSudo).ended).toMatchObject({ status: 0 })
  expect((await server.deploy('status')).out).toContain('live: 1.1.0')
  expect(server.read('.env')).toBe('A=1\r\nYINGDA_VERSION=1.1.0\n')
})

test('a first start that fails leaves nothing, and the next try is a first start again', async () => {
  const server = open({})
  server.addSmallVersion('1.0.1', 'crashes')
  const before = server.read('.env')
  expect(await server.deploy('up', '1.0.1')).toMatchObject({
    status: 1,
    out: expect.stringContaining('something is missing'),
  })
  expect([server.read('.env'), existsSync(server.at('deploy/releases/history'))]).toEqual([before, false])
  server.addSmallVersion('1.0.2')
  expect(await server.deploy('up', '1.0.2')).toMatchObject({ status: 0, out: '1.0.2 is live.\n' })
})

test('data that the engine does not tell of at the moment is never taken for a first start', async () => {
  const server = open({})
  server.addSmallVersion('1.0.0')
  server.addSmallVersion('1.0.1', 'crashes')
  expect((await server.deploy('up', '1.0.0')).status).toBe(0)
  server.docker('compose', 'rm', '-sf', 'app')
  const data = join(server.standIn, 'volumes')
  const kept = readdirSync(data)
  expect(kept).not.toEqual([])
  writeFileSync(join(server.standIn, 'no-volumes-told'), '')
  expect((await server.deploy('up', '1.0.1')).status).toBe(1)
  expect(readdirSync(data)).toEqual(kept)
})

describe('a preview', () => {
  const PORT = 19_400 + (process.pid % 1000)
  const preview = `http://127.0.0.1:${PORT}`
  /** What belongs to the live account, or acts in its name. */
  const LIVE = {
    WECHAT_APP_ID: 'wx-live',
    WECHAT_APP_SECRET_FILE: '/run/secrets/live',
    WECHAT_TOKEN: 'live token',
    WECHAT_AES_KEY: 'live key',
    ALERT_WEBHOOK: 'https://live.example.com/hook',
    PUBLIC_URL: 'https://live.example.com',
    DATABASE_URL_FILE: '/run/secrets/database_url',
    SANDBOX: '0',
  }

  test('has a fresh copy of the data each time, nothing of the live account, and a test account if one is named', async () => {
    const server = open(
      {
        ...LIVE,
        'export WECHAT_MP_BASE': 'https://live.example.com',
        OPENAI_API_KEY: 'sk-1',
        PRE_PORT: `${PORT}`,
      },
      '1.0.0',
      '1.1.0',
    )
    expect(await server.deploy('pre', '1.1.0')).toMatchObject({
      status: 1,
      out: expect.stringContaining('nothing to copy'),
    })
    expect(await server.deploy('up', '1.0.0')).toMatchObject({ status: 0 })
    const [app, env] = [server.container('yingda-app'), server.read('.env')]
    expect(await server.deploy('pre', '1.1.0')).toMatchObject({
      status: 0,
      out: expect.stringContaining(`ssh -L ${PORT}:127.0.0.1:${PORT} `),
    })
    expect(await versionAt(preview)).toBe('1.1.0')
    const made = server.container('yingda-pre-pre')
    expect(Object.keys(made.env).filter((name) => name in LIVE || name.startsWith('WECHAT_'))).toEqual([])
    expect(JSON.stringify(made.env)).not.toMatch(/live/)
    expect(made.env).toMatchObject({ HOST: '127.0.0.1', OPENAI_API_KEY: 'sk-1' })

    const copy = join(server.standIn, 'volumes/yingda-pre_data')
    expect(readFileSync(join(copy, 'restored'), 'utf8')).toBe('rows')
    writeFileSync(join(copy, 'tried-out'), '')
    writeFileSync(server.at('.env.pre'), 'WECHAT_APP_ID=wx-test\n')
    expect(await server.deploy('pre', '1.1.0')).toMatchObject({ status: 0 })
    expect(existsSync(join(copy, 'tried-out'))).toBe(false)
    expect(server.container('yingda-pre-pre').env.WECHAT_APP_ID).toBe('wx-test')

    expect(await server.deploy('pre', 'stop')).toMatchObject({ status: 0 })
    expect([existsSync(copy), existsSync(server.at('secrets/pre.env'))]).toEqual([false, false])
    expect([server.container('yingda-app'), server.read('.env')]).toEqual([app, env])
  })

  test('is refused where its port is taken', async () => {
    const server = open({ PRE_PORT: `${PORT}` }, '1.0.0', '1.1.0')
    expect(await server.deploy('up', '1.0.0')).toMatchObject({ status: 0 })
    const other = createServer((_req, res) => res.end()).listen(PORT, '127.0.0.1')
    expect(await server.deploy('pre', '1.1.0')).toMatchObject({
      status: 1,
      out: expect.stringContaining(`port ${PORT} is in use: change PRE_PORT`),
    })
    other.close()
  })
})
