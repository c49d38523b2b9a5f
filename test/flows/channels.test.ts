import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/base/config.ts'
import { silentLog } from '../../src/base/log.ts'
import { startApi } from '../../src/roles/api.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startService } from '../support/service.ts'
import { until } from '../support/until.ts'

let dir = ''
let provider: ModelProvider
const closings: (() => unknown)[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-channels-'))
  closings.push(() => rmSync(dir, { recursive: true }))
  provider = await startModelProvider()
  closings.push(provider.close)
})
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const write = (...channels: object[]): string => {
  const path = join(dir, 'channels.yaml')
  writeFileSync(path, JSON.stringify({ channels }))
  return path
}

describe('a service with a channels file', () => {
  test('answers from the channel that is there when the first is not', async () => {
    const channel = { models: { m: null }, apiKeys: [`\${MY_KEY}`] }
    const path = write(
      { ...channel, code: 'down', baseUrl: 'http://127.0.0.1:1/v1' },
      { ...channel, code: 'up', baseUrl: provider.baseUrl, priority: 2 },
    )
    const noShortcut = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', OPENAI_MODEL: '' }
    const service = await startService('sqlite', { ...noShortcut, CHANNELS_FILE: path, MY_KEY: 'sk-mine' })
    closings.push(service.close)
    const me = openidOf('me')
    await service.weixin.platform.send(me, '你好')
    const said = () => service.weixin.platform.phone(me).messages.filter(({ from }) => from === 'account')
    await until(() => said().some(({ text }) => text.includes('你说的是：你好')))
    expect(provider.keys).toEqual(['sk-mine'])
    const line = service.lines.find(({ message }) => message === 'a channel failed, the next one is asked')
    expect(line?.fields).toMatchObject({ from: 'down', to: 'up', fault: 'unavailable' })
    expect(JSON.stringify(service.lines)).not.toContain('sk-mine')
  })

  const start = async () => {
    const read = readConfig({ DATA_DIR: dir, PORT: '0' }, dir)
    if (!read.ok) throw new Error(read.problems.join('\n'))
    const serving = await startApi({ config: read.config, env: read.env, log: silentLog }, true)
    closings.push(serving.close)
    return serving.url
  }

  test('does without the scripted model in the sandbox', async () => {
    write({ code: 'mine', baseUrl: provider.baseUrl, apiKeys: ['k'], models: { m: null } })
    await fetch(`${await start()}/sandbox/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: 'me', text: '你好' }),
    })
    expect(provider.keys).toEqual(['k'])
  })

  test('does not start while the file is broken, and says why', async () => {
    write({ code: 'a' })
    await expect(start()).rejects.toThrow(/channel a: models is missing/)
  })
})
