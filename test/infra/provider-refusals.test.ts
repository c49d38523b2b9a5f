import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { ChannelRequest } from '../../src/llm/channel.ts'
import { logTo } from '../support/log-to.ts'
import { json, type OddReply, startOddProvider, words } from '../support/odd-provider.ts'
import { openTestChannel } from '../support/open-test-channel.ts'
import { readAll } from '../support/stream-of.ts'

type Provider = Awaited<ReturnType<typeof startOddProvider>>
let provider: Provider
beforeAll(async () => {
  provider = await startOddProvider()
})
afterAll(() => provider.close())
beforeEach(() => {
  provider.requests.splice(0)
})

const asking = (more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  model: 'public',
  messages: [
    { role: 'system', content: '系统' },
    { role: 'user', content: '问' },
  ],
  signal: new AbortController().signal,
  ...more,
})
const textOf = ({ parts }: Awaited<ReturnType<typeof readAll>>) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
const always = (reply: OddReply) => {
  provider.reply = () => reply
}
const faultIn = async (reply: OddReply) => {
  always(reply)
  const { error } = await readAll(openTestChannel(provider.baseUrl), asking())
  return error
}

describe('whose fault it is', () => {
  const error = (message: string, more: object = {}) => ({ error: { message, ...more } })
  test.each<[string, number, unknown]>([
    ['not-found', 400, error('Model Not Exist', { type: 'invalid_request_error' })],
    ['not-found', 400, error('Model names are case sensitive: model not found')],
    ['not-found', 400, error('The requested model "q-9" is not deployed on this server')],
    ['not-found', 400, { message: "Invocation of model ID x with on-demand throughput isn't supported." }],
    ['not-found', 404, error('Not found the model m-x or Permission denied')],
    [
      'rate-limited',
      403,
      { code: 'Quota.FreeTierOnly', message: 'The free tier of the model has been exhausted.' },
    ],
    ['rate-limited', 400, error('You have reached your specified API usage limits.')],
    ['rate-limited', 400, error('Budget has been exceeded! Max budget: 5', { type: 'budget_exceeded' })],
    ['rate-limited', 400, error('已达到今日使用上限')],
    ['unauthorized', 400, error('User not found.', { code: 401 })],
    ['unauthorized', 400, { code: 4100, msg: 'authentication is invalid' }],
    ['unauthorized', 400, error('Chave de API inválida')],
    ['unauthorized', 400, error('API 키가 올바르지 않습니다')],
    ['unauthorized', 400, error('您的 IP 不在白名单内')],
    ['unauthorized', 200, { header: { code: 10013, message: 'HMAC signature cannot be verified' } }],
    ['too-long', 200, { base_resp: { status_code: 1039, status_msg: 'token limit' } }],
    ['content-filter', 200, { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } }],
    ['content-filter', 400, error('Content Exists Risk', { type: 'invalid_request_error' })],
    ['unavailable', 400, error('upstream connect error or disconnect/reset before headers')],
    ['not-found', 400, error('The model `x-1` does not exist or you do not have access to it.')],
    ['not-found', 400, { code: '1211', msg: '模型不存在，请检查模型代码。' }],
    ['not-found', 400, error('The model x has been decommissioned and is no longer supported.')],
    ['not-found', 422, { detail: 'unknown model' }],
    ['not-found', 503, error('当前分组 default 下对于模型 x 无可用渠道')],
    ['not-found', 400, error('モデルが見つかりません')],
    ['not-found', 400, error("le modèle 'x' est introuvable")],
    ['not-found', 404, 'page not found'],
    ['not-found', 410, error('gone')],
    [
      'rate-limited',
      400,
      { error: { code: 'Arrearage', message: 'Access denied, account not in good standing.' } },
    ],
    ['rate-limited', 400, error('账户余额不足，请充值')],
    ['rate-limited', 400, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }],
    ['rate-limited', 403, error('用户额度不足', { type: 'new_api_error' })],
    [
      'rate-limited',
      400,
      error('You exceeded your current quota, please check your plan and billing details.'),
    ],
    ['rate-limited', 500, error('Rate limit reached for requests')],
    ['rate-limited', 400, { errors: [{ code: 'Throttling.RateQuota', message: '请求过于频繁' }] }],
    [
      'rate-limited',
      413,
      error('Request too large on tokens per minute (TPM): Limit 6000', { code: 'rate_limit_exceeded' }),
    ],
    [
      'unauthorized',
      400,
      [{ error: { code: 400, message: 'API key not valid.', details: [{ reason: 'API_KEY_INVALID' }] } }],
    ],
    ['unauthorized', 400, error('无效的令牌')],
    ['unauthorized', 400, { code: 1000, msg: '身份验证失败' }],
    ['unauthorized', 400, 'invalid api key'],
    ['unauthorized', 500, error('The API key you provided is invalid or has expired')],
    ['unauthorized', 400, error('API キーが無効です')],
    ['unauthorized', 401, error('whatever')],
    ['unauthorized', 403, '<html>403 Forbidden</html>'],
    [
      'region',
      403,
      error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
    ],
    [
      'region',
      400,
      {
        error: { message: 'User location is not supported for the API use.', status: 'FAILED_PRECONDITION' },
      },
    ],
    [
      'content-filter',
      400,
      error('Output data may contain inappropriate content.', { code: 'data_inspection_failed' }),
    ],
    ['content-filter', 400, { code: '1301', msg: '系统检测到输入或生成内容可能包含不安全或敏感内容' }],
    ['content-filter', 403, error('Your input was flagged by moderation')],
    [
      'too-long',
      400,
      error(
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 5210 tokens.",
      ),
    ],
    ['too-long', 400, error('Range of input length should be [1, 6000]')],
    ['too-long', 400, { msg: '输入内容过长，超出模型上下文长度' }],
    ['too-long', 400, error('prompt is too long: 213000 tokens > 200000 maximum')],
    ['too-long', 413, '<html><body>413 Request Entity Too Large</body></html>'],
    ['unauthorized', 400, error('账户实名审核未通过')],
    ['content-filter', 400, error('输入内容未通过审核')],
    ['unavailable', 405, ''],
    ['unavailable', 400, '<html><center>nginx</center></html>'],
    ['unavailable', 502, '<html>Bad Gateway</html>'],
    ['unavailable', 400, error('The engine is currently overloaded, please try again later')],
    ['unavailable', 200, error('当前分组上游负载已饱和，请稍后再试', { code: 'system_error' })],
    ['rate-limited', 200, error('Rate limit reached', { code: '429' })],
    ['unauthorized', 200, error('nope', { code: 401 })],
    ['unavailable', 418, error('blocked by the firewall')],
    ['unavailable', 431, ''],
    ['region', 451, ''],
    ['web-page', 404, '<!doctype html><title>404</title>'],
    ['web-page', 405, '<html><h1>405 Not Allowed</h1></html>'],
    ['bad-request', 400, error('messages must not be empty')],
    ['bad-request', 400, ''],
    ['bad-request', 422, { detail: 'this cannot be processed' }],
    ['timeout', 408, ''],
  ])('is %s for %i %j', async (fault, status, body) => {
    expect(await faultIn(json(status, body))).toMatchObject({ name: 'ChannelError', fault })
  })

  test('is told in a text in a text as well', async () => {
    const inner = JSON.stringify({ error: { message: 'Model Not Exist' } })
    expect(await faultIn(json(500, { error: { message: inner } }))).toMatchObject({ fault: 'not-found' })
  })

  test('is found out in time however much is said, and without an end', async () => {
    const body = `{"error":{"message":"${'model '.repeat(200_000)}`
    const reply: OddReply = { status: 400, type: 'application/json', pieces: [body], atEnd: 'hangs' }
    const error = await faultIn(reply)
    expect(error).toMatchObject({ name: 'ChannelError' })
    expect(String(error).length).toBeLessThan(200)
  })
})

describe('a channel’s fault that is told by 400', () => {
  test.each([
    ['arrears', { error: { code: 'Arrearage', message: 'Access denied, account not in good standing.' } }],
    ['a refused key', [{ error: { code: 400, message: 'API key not valid.' } }]],
    ['an unknown model', { error: { message: 'Model Not Exist' } }],
  ])('leads to the next key: %s', async (_, body) => {
    provider.reply = ({ key }) => (key === 'bad' ? json(400, body) : words('好'))
    const channel = openTestChannel(provider.baseUrl, { apiKeys: ['bad', 'good'] })
    for (let time = 0; time < 2; time += 1) expect(textOf(await readAll(channel, asking()))).toBe('好')
    expect(provider.requests.map(({ key }) => key)).toEqual(['bad', 'good', 'good'])
  })
})

test('neither the key nor the question is in an error or in the log, though the provider quotes both', async () => {
  const key = 'sk-secret0123456789'
  const question = '我的秘密问题'
  const said = (text: string) => ({
    error: { message: text, code: text, type: text },
    msg: text,
    detail: text,
  })
  const { log, lines } = logTo()
  always(json(400, { error: { code: `bad_key_${key.slice(0, 14)}` } }))
  const partly = await readAll(openTestChannel(provider.baseUrl, { apiKeys: [key] }), asking())
  expect(String(partly.error)).not.toContain('secret')
  for (const status of [200, 400, 401, 413, 422, 429, 500]) {
    always(json(status, said(`stream_options ${key} ${question}`)))
    const channel = openTestChannel(provider.baseUrl, { apiKeys: [key, key], log })
    const messages = [{ role: 'user' as const, content: question }]
    const { error } = await readAll(channel, asking({ messages }))
    const shown = JSON.stringify([
      String(error),
      error instanceof Error ? [error.stack, error.cause] : '',
      lines,
    ])
    expect(shown).not.toMatch(/secret|秘密/)
  }
})
