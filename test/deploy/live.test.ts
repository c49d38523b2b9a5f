import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { writeScript } from '../../src/sandbox/script.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { envFor } from '../support/service.ts'
import { until } from '../support/until.ts'
import { openServer, type Server } from './server.ts'

const PRE_PORT = 18_400 + (process.pid % 1000)

let weixin: SandboxServer
let server: Server
beforeAll(async () => {
  weixin = await startSandboxServer()
  const { PORT, DATA_DIR, DATABASE_URL, APP_SECRET, ...env } = envFor(weixin, '', '')
  server = openServer({
    ...env,
    YINGDA_VERSION: '1.0.0',
    PUBLIC_URL: 'https://bot.example.com',
    PRE_PORT: `${PRE_PORT}`,
  })
  weixin.platform.setCallbackUrl(`${server.frontUrl}/wechat/callback`)
  for (const version of ['1.0.0', '1.1.0'])
    expect(await server.deploy('build', version)).toMatchObject({ status: 0 })
}, 60_000)
afterAll(async () => {
  server.close()
  await weixin.close()
})

/** How many questions the database of this project holds. */
const questionsIn = async (project: string): Promise<number> => {
  const file = join(server.standIn, 'volumes', `${project}_data`, 'yingda.sqlite')
  const { knex, close } = openDatabase(`sqlite:${file}`)
  const ids = await knex('turns').pluck('id')
  await close()
  return ids.length
}

const versionAt = async (url: string): Promise<string> => {
  const { version } = await (await fetch(`${url}/healthz`)).json()
  return version
}

/** People who write without a pause, each one question: answered at once, late, or in parts. */
const startAsking = () => {
  const asked: { openid: string; text: string; notice: Promise<boolean> }[] = []
  let asking = true
  const all = (async () => {
    while (asking) {
      const n = asked.length
      const openid = openidOf(`through a switch ${n}`)
      const text = [`你好 ${n}`, `慢 0.5 第 ${n} 问`, `慢 2 第 ${n} 问`, `长 1100 第 ${n} 问`][n % 4] ?? ''
      asked.push({ openid, text, notice: weixin.platform.send(openid, text).then(({ notice }) => notice) })
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  })()
  return {
    asked,
    async stop() {
      asking = false
      await all
      return (await Promise.all(asked.map(({ notice }) => notice))).filter(Boolean).length
    },
  }
}

/** What the phone shows of the answer, in order: pieces of it and nothing else. */
const answersOn = (openid: string): string[] =>
  weixin.platform
    .phone(openid)
    .messages.filter(({ from }) => from === 'account')
    .map(({ text }) => text)

const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

test('the first start answers, a preview has a copy of the data and no credential, and a switch and the way back are not noticed', async () => {
  expect(await server.deploy('up', '1.0.0')).toMatchObject({
    status: 0,
    out: expect.stringContaining('1.0.0 is live'),
  })
  const me = openidOf('me')
  expect((await weixin.platform.send(me, '你好')).notice).toBe(false)

  expect(await server.deploy('pre', 'v1.1.0')).toMatchObject({
    status: 0,
    out: expect.stringContaining(`ssh -L ${PRE_PORT}:127.0.0.1:${PRE_PORT} `),
  })
  const pre = `http://127.0.0.1:${PRE_PORT}`
  expect([await versionAt(pre), await versionAt(server.frontUrl)]).toEqual(['1.1.0', '1.0.0'])
  expect((await fetch(`${pre}/sandbox`)).status).toBe(200)
  expect(await questionsIn('yingda-pre')).toBe(1)
  const { env } = server.container('yingda-pre-pre')
  const { appId, appSecret, token, aesKey } = weixin.platform.account
  expect(Object.values(env).filter((value) => [appId, appSecret, token, aesKey].includes(value))).toEqual([])
  expect(Object.keys(env).filter((name) => name.startsWith('WECHAT_'))).toEqual([])
  expect(await server.deploy('pre', 'stop')).toMatchObject({ status: 0 })

  const load = startAsking()
  const up = await server.deploy('up', '1.1.0')
  expect([up.status, up.out]).toEqual([0, expect.stringContaining('1.1.0 is live (1.0.0 before)')])
  expect(await versionAt(server.frontUrl)).toBe('1.1.0')
  const back = await server.deploy('rollback')
  expect([back.status, back.out]).toEqual([0, expect.stringContaining('1.0.0 is live (1.1.0 before)')])
  expect(await versionAt(server.frontUrl)).toBe('1.0.0')
  expect(await load.stop()).toBe(0)

  expect(load.asked.length).toBeGreaterThan(20)
  expect(await questionsIn('yingda')).toBe(load.asked.length + 1)
  const wanted = ({ text }: { text: string }) => letters(writeScript([{ role: 'user', text }]).text)
  const shown = ({ openid }: { openid: string }) => letters(answersOn(openid).join(''))
  await until(() => load.asked.every((each) => shown(each).includes(wanted(each))), 40_000).catch(() => {})
  expect(
    load.asked
      .filter((each) => !shown(each).includes(wanted(each)))
      .map((each) => [each.text, answersOn(each.openid)]),
  ).toEqual([])
  const twice = load.asked.filter(({ openid }) => new Set(answersOn(openid)).size < answersOn(openid).length)
  expect(twice).toEqual([])
}, 300_000)

test('a step of the schema that the live version cannot live with is refused before anything runs', async () => {
  expect(await server.deploy('build', '1.2.0')).toMatchObject({ status: 0 })
  const { tree } = JSON.parse(readFileSync(join(server.standIn, 'images/yingda:1.2.0.json'), 'utf8'))
  const migration = (step: string) =>
    `export const step = ${step}\nexport const up = async () => {}\nexport const down = up\n`
  writeFileSync(join(tree, 'migrations/29990101000000_new_column.ts'), migration(`'expand'`))
  writeFileSync(
    join(tree, 'migrations/29990102000000_old_column_goes.ts'),
    migration(`{ contract: '29990101000000_new_column.ts' }`),
  )
  const { pid } = server.container('yingda-app')
  const { status, out } = await server.deploy('up', '1.2.0')
  expect([status, out]).toEqual([
    1,
    expect.stringMatching(/29990102000000_old_column_goes[\s\S]*so that 1\.0\.0 could not run/),
  ])
  expect([server.container('yingda-app').pid, await versionAt(server.frontUrl)]).toEqual([pid, '1.0.0'])
}, 60_000)
