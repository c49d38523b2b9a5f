import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Env, readConfig } from '../../src/base/config.ts'
import type { Channel, StreamPart } from '../../src/llm/channel.ts'
import { openModels } from '../../src/wiring/models.ts'
import { type LogLine, logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { frame, json, startOddProvider } from '../support/odd-provider.ts'
import { readAll, request } from '../support/stream-of.ts'
import { until } from '../support/until.ts'

let dir = ''
let clock: ReturnType<typeof createManualClock>
let lines: LogLine[]
const closings: (() => unknown)[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-models-'))
  clock = createManualClock(1_760_000_000_000)
  closings.push(() => rmSync(dir, { recursive: true }))
})
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const path = () => join(dir, 'channels.yaml')
/** As an editor does it. */
const write = (text: string) => {
  writeFileSync(`${path()}.new`, text)
  renameSync(`${path()}.new`, path())
}
const open = async (env: Env = {}) => {
  const read = readConfig({ DATA_DIR: dir, ...env }, dir)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const logging = logTo()
  lines = logging.lines
  const models = await openModels(read.config, { env: read.env, clock, log: logging.log, random: () => 0.5 })
  closings.push(models.stop)
  return models
}
const provide = async (): Promise<ModelProvider> => {
  const provider = await startModelProvider()
  closings.push(provider.close)
  return provider
}
/** A channel as JSON, which YAML is. */
const file = (...channels: object[]) => JSON.stringify({ channels })
const asking = (model: string, question: string) => ({
  ...request(),
  model,
  messages: [{ role: 'user' as const, content: question }],
})
const two = file(
  { code: 'a', apiKeys: ['k'], models: { small: null, large: { price: 5 } } },
  { code: 'b', apiKeys: ['k'], models: { other: { price: 0 } } },
)

/** Stands where a channel should have been opened. */
const never: Channel = {
  code: 'never',
  stream: () => {
    throw new Error('there is no channel')
  },
}

describe('the models', () => {
  test('are none without a channel, and the operator is told', async () => {
    const models = await open()
    expect(models.list()).toEqual([])
    expect(models.offer(undefined)).toBeUndefined()
    expect(models.open('m')).toBeUndefined()
    expect(models.ownKeyChannels()).toEqual([])
    expect(models.openOwn('default', 'k', undefined)).toBeUndefined()
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/^no model/) }),
    ])
  })

  test('of the one-channel shortcut are a channel like any other', async () => {
    const models = await open({ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' })
    expect(models.list()).toEqual([{ id: 'm', channels: ['default'], price: 1 }])
    expect(models.ownKeyChannels()).toEqual([{ code: 'default', models: ['m'] }])
    expect(lines).toEqual([])
  })

  test('come from the file in DATA_DIR, the first of them by default', async () => {
    write(two)
    const models = await open()
    expect(models.list().map(({ id, price }) => [id, price])).toEqual([
      ['small', 1],
      ['large', 5],
      ['other', 0],
    ])
    expect(models.offer(undefined)?.id).toBe('small')
    expect(models.offer('large')).toEqual({ id: 'large', channels: ['a'], price: 5 })
    expect(models.offer('gone')).toBeUndefined()
  })

  test('have the default that OPENAI_MODEL names, while there is such a one', async () => {
    write(two)
    expect((await open({ OPENAI_MODEL: 'other' })).offer(undefined)?.id).toBe('other')
    expect((await open({ OPENAI_MODEL: 'gone' })).offer(undefined)?.id).toBe('small')
  })

  test('of the shortcut come after those of the file, and are tried last', async () => {
    const [main, spare] = [await provide(), await provide()]
    const channel = { apiKeys: ['k'], baseUrl: main.baseUrl, models: { m: { price: 2 } }, priority: 7 }
    write(file({ code: 'a', ...channel }))
    const models = await open({ OPENAI_API_KEY: 's', OPENAI_BASE_URL: spare.baseUrl, OPENAI_MODEL: 'm' })
    expect(models.list()).toEqual([{ id: 'm', channels: ['a', 'default'], price: 2 }])
    const answer = async () =>
      (await readAll(models.open('m')?.channel ?? never, asking('m', 'x'))).parts.at(-1)
    expect(await answer()).toMatchObject({ channel: 'a' })
    main.refusals.set('k', 503)
    expect(await answer()).toMatchObject({ channel: 'default' })
    expect([main.keys, spare.keys]).toEqual([['k', 'k'], ['s']])
  })

  test('of the shortcut are none when the file has a channel of that code', async () => {
    write(file({ code: 'default', apiKeys: ['k'], models: { mine: null } }))
    const models = await open({ OPENAI_API_KEY: 's', OPENAI_MODEL: 'm' })
    expect(models.list().map(({ id }) => id)).toEqual(['mine'])
  })
})

describe('the file', () => {
  test('takes its keys from the environment and from .env', async () => {
    const provider = await provide()
    writeFileSync(join(dir, '.env'), 'KEY_2=from-file\n')
    write(
      `channels: [{ code: a, baseUrl: "${provider.baseUrl}", apiKeys: [\${KEY_1}, \${KEY_2}], models: { m: } }]`,
    )
    const models = await open({ KEY_1: 'from-env' })
    for (const question of ['1', '2'])
      await readAll(models.open('m')?.channel ?? never, asking('m', question))
    expect(provider.keys).toEqual(['from-env', 'from-file'])
  })

  test('that is missing stops the start when it is named', async () => {
    await expect(open({ CHANNELS_FILE: path() })).rejects.toThrow(
      /channels\.yaml cannot be used:\n {2}the file is not there/,
    )
  })

  test.each([
    ['named', true],
    ['in its place', false],
  ])('that is broken stops the start with all its problems: %s', async (_name, isNamed) => {
    write(`channels: [{ code: A, models: { m: } }, { code: b, apiKeys: [sk-secret, "\${NOPE}"] }]`)
    const failure = await open(isNamed ? { CHANNELS_FILE: path() } : {}).catch((error) => error)
    expect(failure).toMatchObject({
      problems: [
        expect.stringContaining('code is not right'),
        expect.stringContaining(`needs \${NOPE}`),
        expect.stringContaining('models is missing'),
      ],
    })
    for (const problem of failure.problems) expect(failure.message).toContain(problem)
    expect(failure.message).not.toContain('sk-secret')
  })

  test('that is not UTF-8 is told by that', async () => {
    writeFileSync(path(), Buffer.from('\ufeffchannels: []', 'utf16le'))
    await expect(open()).rejects.toThrow(/save it as UTF-8/)
  })

  test('is read again when it changes, and keys and connections are the new ones', async () => {
    const provider = await provide()
    const channel = { code: 'a', baseUrl: provider.baseUrl, models: { m: null } }
    write(file({ ...channel, apiKeys: ['old'] }))
    const models = await open()
    const before = models.open('m')?.channel ?? never
    await readAll(before, asking('m', '1'))
    write(file({ ...channel, apiKeys: ['new'], models: { m: { price: 3 }, n: null } }))
    await untilChanged(() => models.list().length === 2)
    expect(models.offer('m')?.price).toBe(3)
    await readAll(models.open('m')?.channel ?? never, asking('m', '2'))
    // A turn that is under way ends on what it began with.
    await readAll(before, asking('m', '3'))
    expect(provider.keys).toEqual(['old', 'new', 'old'])
  })

  test('keeps what it held when a new version is broken, and says so once', async () => {
    write(two)
    const models = await open()
    write('channels: [{ code: a, apiKeys: [sk-secret], model: 1 }]')
    await untilChanged(() => lines.some(({ level }) => level === 'error'))
    for (let step = 0; step < 5; step += 1) await clock.advance(2000)
    expect(models.list()).toHaveLength(3)
    const errors = lines.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    expect(JSON.stringify(errors)).toMatch(/did you mean models/)
    expect(JSON.stringify(errors)).not.toContain('sk-secret')
    write(file({ code: 'b', apiKeys: ['k'], models: { m: null } }))
    await untilChanged(() => models.list().length === 1)
  })

  test('may appear and go while the service runs', async () => {
    const models = await open({ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' })
    write(two)
    await untilChanged(() => models.list().length === 4)
    expect(models.list().at(-1)).toMatchObject({ id: 'm', channels: ['default'] })
    rmSync(path())
    await untilChanged(() => models.list().length === 1)
  })
})

const untilChanged = (happened: () => boolean) =>
  until(async () => {
    await clock.advance(500)
    return happened()
  })

describe('an answer', () => {
  test('comes from the next channel when one says nothing in time', async () => {
    const [deaf, good] = [await provide(), await provide()]
    const channel = { apiKeys: ['k'], models: { m: null } }
    write(
      file(
        { ...channel, code: 'deaf', baseUrl: deaf.baseUrl, firstTokenTimeoutMs: 700 },
        { ...channel, code: 'good', baseUrl: good.baseUrl, priority: 2 },
      ),
    )
    const models = await open()
    deaf.refusals.set('k', 'never')
    const reading = readAll(models.open('m')?.channel ?? never, asking('m', 'x'))
    await until(() => deaf.keys.length === 1)
    await clock.advance(700)
    expect((await reading).parts.at(-1)).toMatchObject({ type: 'finish', channel: 'good' })
    expect(lines.map(({ fields }) => fields)).toMatchObject([{ from: 'deaf', to: 'good', fault: 'timeout' }])
  })

  test('that falls silent is given up, and what came is kept', async () => {
    const provider = await startOddProvider()
    closings.push(provider.close)
    provider.reply = () => ({ pieces: [frame({ content: '开头' })], atEnd: 'hangs' })
    write(file({ code: 'a', baseUrl: provider.baseUrl, apiKeys: ['k'], models: { m: null } }))
    const parts: StreamPart[] = []
    const reading = (async () => {
      const { channel = never } = (await open()).open('m') ?? {}
      for await (const part of channel.stream(asking('m', 'x'))) parts.push(part)
    })()
    const ended = reading.catch((error: unknown) => error)
    await until(() => parts.length === 1)
    await clock.advance(44_999)
    expect(clock.sleeping()).toBeGreaterThan(0)
    await clock.advance(1)
    expect(await ended).toMatchObject({ name: 'ChannelError', channel: 'a', fault: 'timeout' })
    expect(parts).toEqual([{ type: 'text', text: '开头' }])
  })

  test('is asked for by the name that each provider has for the model', async () => {
    const provider = await provide()
    const models = { m: { upstream: 'm-2026' } }
    write(file({ code: 'a', baseUrl: provider.baseUrl, apiKeys: ['k'], models }))
    const opened = (await open()).open('m')
    expect(opened?.name).toBe('m')
    await readAll(opened?.channel ?? never, asking('m', 'x'))
    expect(provider.model.calls().at(-1)?.model).toBe('m-2026')
  })
})

describe('a user’s own key', () => {
  const setUp = async (more: object = {}) => {
    const [provider, other] = [await provide(), await provide()]
    const channel = { apiKeys: ['operator'], models: { m: null, n: { upstream: 'n-2026' } } }
    write(
      file(
        { ...channel, code: 'closed', baseUrl: other.baseUrl, models: { x: null } },
        { ...channel, code: 'own', baseUrl: provider.baseUrl, ownKeys: true, ...more },
        { ...channel, code: 'spare', baseUrl: other.baseUrl },
      ),
    )
    return { provider, other, models: await open() }
  }

  test('goes to the channels that allow it, and to their address alone', async () => {
    const { models, provider, other } = await setUp()
    expect(models.ownKeyChannels()).toEqual([{ code: 'own', models: ['m', 'n'] }])
    expect(models.openOwn('closed', 'mine', undefined)).toBeUndefined()
    expect(models.openOwn('nowhere', 'mine', undefined)).toBeUndefined()
    expect(models.openOwn('own', 'mine', 'x')).toBeUndefined()
    const opened = models.openOwn('own', 'mine', 'n')
    expect(opened?.name).toBe('n')
    const { parts } = await readAll(opened?.channel ?? never, asking('n', 'x'))
    expect(parts.at(-1)).toMatchObject({ type: 'finish', channel: 'own' })
    expect([provider.keys, other.keys]).toEqual([['mine'], []])
    expect(provider.model.calls().at(-1)?.model).toBe('n-2026')
  })

  test('is asked for the default model where its channel has that, else for its first', async () => {
    const { models } = await setUp()
    expect(models.offer(undefined)?.id).toBe('x')
    expect(models.openOwn('own', 'mine', undefined)?.name).toBe('m')
    write(
      file({ code: 'own', ownKeys: true, models: { m: null, n: null } }, { code: 'a', models: { n: null } }),
    )
    const others = await open()
    expect(others.offer(undefined)?.id).toBe('n')
    expect(others.openOwn('own', 'mine', undefined)?.name).toBe('n')
  })

  test('that fails never falls back to the operator’s, nor tries twice, nor shows itself', async () => {
    const { models, provider, other } = await setUp()
    for (const status of [401, 429, 500]) {
      provider.refusals.set('sk-mine', status)
      const { parts, error } = await readAll(
        models.openOwn('own', 'sk-mine', 'm')?.channel ?? never,
        asking('m', 'x'),
      )
      expect(parts).toEqual([])
      expect(JSON.stringify([error, String(error)])).not.toContain('sk-mine')
    }
    expect(provider.keys).toEqual(['sk-mine', 'sk-mine', 'sk-mine'])
    expect(other.keys).toEqual([])
    expect(JSON.stringify(lines)).not.toContain('sk-mine')
  })

  test('may have a channel of its own, which offers nothing to others', async () => {
    const { models } = await setUp({ apiKeys: [], models: { only: null } })
    expect(models.list().map(({ id }) => id)).toEqual(['x', 'm', 'n'])
    expect(models.open('only')).toBeUndefined()
    expect(models.openOwn('own', 'mine', 'only')?.name).toBe('only')
  })

  test('is tried with one short question', async () => {
    const { models, provider } = await setUp()
    expect(await models.tryKey('own', 'good', 5000)).toBe('good')
    await until(() => provider.model.calls().at(-1)?.end !== 'open')
    expect(provider.model.calls().at(-1)?.messages).toEqual([{ role: 'user', text: 'Say OK.' }])
    for (const [status, verdict] of [
      [400, 'unreachable'],
      [401, 'refused'],
      [403, 'refused'],
      [402, 'no-credit'],
      [429, 'no-credit'],
      [404, 'unreachable'],
      [503, 'unreachable'],
    ] as const) {
      provider.refusals.set('bad', status)
      expect(await models.tryKey('own', 'bad', 5000)).toBe(verdict)
    }
    expect(provider.keys).toEqual(['good', ...Array.from({ length: 7 }, () => 'bad')])
    expect(await models.tryKey('closed', 'good', 5000)).toBe('unknown-channel')
    expect(await models.tryKey('nowhere', 'good', 5000)).toBe('unknown-channel')
  })

  test.each([
    ['refused', 400, [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }]],
    ['refused', 200, { error: { message: '无效的令牌', code: '' } }],
    ['no-credit', 400, { error: { code: 'Arrearage', message: 'account not in good standing' } }],
    ['unreachable', 400, { error: { message: 'Model Not Exist' } }],
    ['unreachable', 200, ''],
  ])('is %s when the provider says so by %i %j', async (verdict, status, body) => {
    const odd = await startOddProvider()
    closings.push(odd.close)
    odd.reply = () => json(status, body)
    const { models } = await setUp({ baseUrl: odd.baseUrl })
    expect(await models.tryKey('own', 'mine', 5000)).toBe(verdict)
  })

  test.each(['', '密钥', 'sk mine', 'sk\r\nX-Evil: 1', 'k'.repeat(1001)])(
    'that cannot be one is refused unasked: %j',
    async (key) => {
      const { models, provider } = await setUp()
      expect(await models.tryKey('own', key, 5000)).toBe('refused')
      expect(provider.keys).toEqual([])
    },
  )

  test('is not waited for longer than asked', async () => {
    const { models, provider } = await setUp()
    provider.refusals.set('slow', 'never')
    const verdict = models.tryKey('own', 'slow', 3000)
    await until(() => provider.keys.length === 1)
    await clock.advance(3000)
    expect(await verdict).toBe('unreachable')
  })
})
