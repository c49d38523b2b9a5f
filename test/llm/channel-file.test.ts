import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Env } from '../../src/base/config.ts'
import { readChannels } from '../../src/llm/channel-file.ts'

const env: Env = { OPENAI_KEY_1: 'sk-one', OPENAI_KEY_2: 'sk-two', HOST: 'models.example', EMPTY: '' }

const channelsOf = (text: string, variables = env) => {
  const read = readChannels(text, variables)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.channels
}
const problemsOf = (text: string, variables = env): string[] => {
  const read = readChannels(text, variables)
  return read.ok ? [] : read.problems
}
/** A file with one channel that holds these fields beside what every channel needs. */
const withFields = (fields: string) => `channels: [{ code: a, models: { m: }, ${fields} }]`

describe('the channels file', () => {
  test('is read as the contract shows it, comments and bare variables included', () => {
    const text = `
channels:
  - code: openai-main            # what the database stores; addresses and keys live here only
    baseUrl: https://api.openai.com/v1
    apiKeys: [\${OPENAI_KEY_1}, \${OPENAI_KEY_2}]     # environment is expanded, but not \${THIS}
    models: { gpt-5-mini: {}, gpt-5: { upstream: gpt-5-2026-01, price: 5, contextTokens: 100000, maxTokens: 4000 } }
    priority: 2                  # lower is tried first
    weight: 10                   # share within one priority
    firstTokenTimeoutMs: 15000
    ownKeys: true                # users may bind their own key to this channel
`
    expect(channelsOf(text)).toEqual([
      {
        code: 'openai-main',
        baseUrl: 'https://api.openai.com/v1',
        apiKeys: ['sk-one', 'sk-two'],
        models: new Map([
          ['gpt-5-mini', { upstream: 'gpt-5-mini', price: 1 }],
          ['gpt-5', { upstream: 'gpt-5-2026-01', price: 5, contextTokens: 100_000, maxTokens: 4000 }],
        ]),
        ...{ priority: 2, weight: 10, firstTokenTimeoutMs: 15_000, silenceTimeoutMs: 45_000, ownKeys: true },
      },
    ])
  })

  test('needs no more than a code and a model', () => {
    expect(channelsOf('channels:\n  - code: a\n    models:\n      m:\n')).toEqual([
      {
        code: 'a',
        baseUrl: undefined,
        apiKeys: [],
        models: new Map([['m', { upstream: 'm', price: 1 }]]),
        ...{ priority: 1, weight: 1, firstTokenTimeoutMs: 20_000, silenceTimeoutMs: 45_000, ownKeys: false },
      },
    ])
  })

  test('keeps the order of channels and models', () => {
    const text = 'channels: [{ code: b, models: { z: , a: } }, { code: a, models: { y: } }]'
    expect(channelsOf(text).map(({ code, models }) => [code, ...models.keys()])).toEqual([
      ['b', 'z', 'a'],
      ['a', 'y'],
    ])
  })

  test('may name models like the properties of every object', () => {
    const [channel] = channelsOf('channels: [{ code: constructor, models: { toString: , constructor: } }]')
    expect([...(channel?.models.keys() ?? [])]).toEqual(['toString', 'constructor'])
  })

  test('may share values by anchors', () => {
    const text = `channels: [{ code: a, models: &shared { m: { price: 2 } } }, { code: b, models: *shared }]`
    expect(channelsOf(text).map(({ models }) => models.get('m')?.price)).toEqual([2, 2])
  })

  test('drops the slash at the end of an address', () => {
    expect(channelsOf(withFields('baseUrl: "http://h:8000/v1//"'))[0]?.baseUrl).toBe('http://h:8000/v1')
  })
})

describe('a variable', () => {
  test('may be a part of a value, quoted or not', () => {
    const [channel] = channelsOf(
      withFields(`baseUrl: "https://\${HOST}/v1", apiKeys: ['\${OPENAI_KEY_1}', sk-\${HOST}]`),
    )
    expect(channel).toMatchObject({
      baseUrl: 'https://models.example/v1',
      apiKeys: ['sk-one', 'sk-models.example'],
    })
  })

  test('is never read as YAML, nor expanded again', () => {
    const value = `k]},{"#&*!:\${HOST}`
    expect(channelsOf(withFields(`apiKeys: [\${KEY}]`), { ...env, KEY: value })[0]?.apiKeys).toEqual([value])
  })

  test.each([
    [
      `apiKeys: [ok, \${OPENAI_KEY_3}]`,
      /^channel a: apiKeys #2 needs \$\{OPENAI_KEY_3\}: set OPENAI_KEY_3 in/,
    ],
    [`apiKeys: [\${EMPTY}]`, /needs \$\{EMPTY\}/],
    [`apiKeys: [\${toString}]`, /needs \$\{toString\}/],
    [`baseUrl: "\${NO_HOST}"`, /^channel a: baseUrl needs \$\{NO_HOST\}/],
    [`apiKeys: ["\${OPENAI-KEY}"]`, /^channel a: apiKeys #1 holds a \$\{…\} that names no variable/],
    [`apiKeys: ["\${OPENAI_KEY_1"]`, /holds a \$\{…\} that names no variable/],
  ])('that is not there is a problem: %s', (fields, expected) => {
    expect(problemsOf(withFields(fields))).toEqual([expect.stringMatching(expected)])
  })
})

describe('fields for the request', () => {
  const bodyOf = (model: string) =>
    channelsOf(`{channels: [{code: a, models: {m: ${model}}}]}`)[0]?.models.get('m')?.body

  test('are kept as they are, with the values of variables', () => {
    expect(
      bodyOf(`{body: {enable_thinking: false, max_tokens: 77, a: [1, {b: "x\${HOST}", c: null}]}}`),
    ).toEqual({
      enable_thinking: false,
      max_tokens: 77,
      a: [1, { b: 'xmodels.example', c: null }],
    })
  })

  test.each([
    ['{ body: { model: x } }', /^channel a: body of m is not right: expected up to 50 fields/],
    ['{ body: { messages: [] } }', /body of m is not right/],
    ['{ body: { stream: false } }', /body of m is not right/],
    ['{ body: 3 }', /body of m is not right/],
    ['{ body: [1] }', /body of m is not right/],
    [`{ body: { a: ${'x'.repeat(8000)} } }`, /body of m is not right/],
    [`{ body: { a: "\${NO_HOST}" } }`, /body of m needs \$\{NO_HOST\}/],
    ['{ vision: 1 }', /vision of m is not right: expected true or false/],
  ])('have mistakes like others: %s', (model, expected) => {
    expect(problemsOf(`{channels: [{code: a, models: {m: ${model}}}]}`)).toEqual([
      expect.stringMatching(expected),
    ])
  })
})

describe('a mistake', () => {
  test.each([
    ['baseurl: https://h', /^channel a: baseurl is unknown: did you mean baseUrl\?$/],
    ['timeout: 3', /^channel a: timeout is unknown: remove it; known are code, baseUrl/],
    ['baseUrl: ftp://h', /^channel a: baseUrl is not right: expected an http\(s\) URL/],
    ['baseUrl: "https://me:pass@h"', /baseUrl is not right/],
    ['baseUrl: "https://h/v1?x=1"', /baseUrl is not right/],
    ['baseUrl: 3', /baseUrl is not right/],
    ['apiKeys: sk-secret', /^channel a: apiKeys is not right: expected keys/],
    ['apiKeys: [[sk-secret]]', /^channel a: apiKeys #1 is not right/],
    ['apiKeys: ["sk secret"]', /^channel a: apiKeys #1 is not right/],
    ['apiKeys: ["sk\\nsecret"]', /^channel a: apiKeys #1 is not right/],
    ['apiKeys: [密钥]', /^channel a: apiKeys #1 is not right/],
    [`apiKeys: ["\${OPENAI_KEY_1} "]`, /^channel a: apiKeys #1 is not right/],
    ['priority: -1', /^channel a: priority is not right: expected a whole number/],
    ['priority: 1.5', /priority/],
    ['weight: "2"', /^channel a: weight is not right: expected a whole number/],
    ['weight: .nan', /weight/],
    ['firstTokenTimeoutMs: 0', /^channel a: firstTokenTimeoutMs is not right: expected milliseconds/],
    ['silenceTimeoutMs: 0', /^channel a: silenceTimeoutMs is not right: expected milliseconds/],
    ['proxy: ftp://h', /^channel a: proxy is not right: expected the address of a proxy/],
    ['proxy: h:7890', /^channel a: proxy is not right/],
    ['ownKeys: yes', /^channel a: ownKeys is not right: expected true or false$/],
  ])('in a channel: %s', (fields, expected) => {
    expect(problemsOf(withFields(fields))).toEqual([expect.stringMatching(expected)])
  })

  test.each([
    ['{}', /^channel a: models is not right: expected at least one model/],
    ['[m]', /^channel a: models is not right/],
    ['{ m: 3 }', /^channel a: models m is not right/],
    ['{ m: { prise: 3 } }', /^channel a: prise of m is unknown: did you mean price\?$/],
    ['{ m: { price: -1 } }', /^channel a: price of m is not right: expected a whole number of calls/],
    ['{ m: { price: 1001 } }', /price of m/],
    ['{ m: { price: 0.5 } }', /price of m/],
    [
      '{ m: { contextTokens: 99 } }',
      /^channel a: contextTokens of m is not right: expected a whole number of/,
    ],
    ['{ m: { contextTokens: "8000" } }', /contextTokens of m/],
    ['{ m: { maxTokens: 0 } }', /^channel a: maxTokens of m is not right: expected a whole number of tokens/],
    ['{ m: { maxtokens: 5 } }', /did you mean maxTokens\?$/],
    ['{ m: { upstream: "" } }', /^channel a: upstream of m is not right/],
    ['{ " m": }', /^channel a: models {2}m is not right/],
    ['{ "a\\nb": }', /^channel a: models a\?b is not right/],
    [`{ ${'m'.repeat(129)}: }`, /^channel a: models m{64} is not right/],
    [`{ \${HOST}: }`, /^channel a: models \$\{HOST\} is not right/],
  ])('in the models: %s', (models, expected) => {
    expect(problemsOf(`channels: [{ code: a, models: ${models} }]`)).toEqual([
      expect.stringMatching(expected),
    ])
  })

  test.each(['A', 'a_b', 'a b', '渠道', '', 'a'.repeat(65)])('in a code: %j', (code) => {
    expect(problemsOf(`channels: [{ code: ${JSON.stringify(code)}, models: { m: } }]`)).toEqual([
      expect.stringMatching(/code is not right: expected 1 to 64 lower-case letters, digits and hyphens$/),
    ])
  })

  test.each([
    ['', /^channels is not right: expected a list/],
    ['3', /^channels is not right/],
    ['{}', /^channels is missing/],
    ['channels:', /^channels is not right/],
    ['channels: []', /^channels is not right/],
    ['channels: [3]', /^channel #1 is not right/],
    ['channels: [{ models: { m: } }]', /^channel #1: code is missing/],
    ['channels: [{ code: a }]', /^channel a: models is missing/],
    ['chanels: 1\nchannels: [{ code: a, models: { m: } }]', /^chanels is unknown: did you mean channels\?$/],
    ['channels: [{ code: a, models: { m: } }, { code: a, models: { n: } }]', /^channel a stands there twice/],
  ])('in the file: %j', (text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(expected)])
  })

  test('does not hide the others', () => {
    const text = `
channels:
  - code: a
    apiKeys: [\${NOPE}, "sk secret", sk-good-secret]
    models: { m: { price: 1.5 }, n: { pirce: 2 } }
    weigth: 3
  - code: a
    models: {}
`
    const problems = problemsOf(text)
    expect(problems).toHaveLength(7)
    expect(problems.join('\n')).not.toContain('secret')
  })

  test('is one of twenty at most', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `x${index}: 1`).join(', ')
    const problems = problemsOf(withFields(many))
    expect(problems).toHaveLength(21)
    expect(problems.at(-1)).toBe('and 980 more problems')
  })
})

describe('a hostile file', () => {
  test('of more than 256 KiB is refused', () => {
    const text = `${withFields('priority: 1')}\n#`
    expect(problemsOf(text.padEnd(262_144, ' '))).toEqual([])
    expect(problemsOf(text.padEnd(262_145, ' '))).toEqual([expect.stringMatching(/larger than 256 KiB/)])
  })

  test('holds itself', () => {
    for (const text of ['channels: &x [*x]', '&x {channels: *x}', 'channels: [&x {code: *x, models: *x}]'])
      expect(problemsOf(text).length).toBeGreaterThan(0)
  })

  test('cannot inject a line or a colour into the log', () => {
    const problems = problemsOf(`channels: [{ code: "\\e[31m\\n", "\\e[2J": 1, models: { "\\u202e": 3 } }]`)
    expect(problems).toHaveLength(3)
    for (const problem of problems) expect(problem).not.toMatch(/\p{C}/u)
  })

  test('whatever it is, gives channels or problems', () => {
    const words = [
      'channels',
      'code',
      'models',
      'apiKeys',
      ': ',
      '- ',
      '\n',
      '\n  ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '&a ',
      '*a',
      `\${HOST}`,
      `\${`,
      '"',
      '!!binary ',
      '<<',
      '? ',
      '|',
      'sk-secret',
      '0x1',
      '~',
      '%YAML 1.1\n---\n',
    ]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 40 }), (pieces) => {
        const read = readChannels(pieces.join(''), env)
        expect(read.ok || read.problems.length > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
