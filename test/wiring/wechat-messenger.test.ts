import { describe, expect, test } from '@jest/globals'
import { SEND_PATH } from '../../src/wechat/api.ts'
import { WechatApiError, WechatNetworkError } from '../../src/wechat/api-errors.ts'
import { createWechatMessenger } from '../../src/wiring/wechat-messenger.ts'
import { logTo } from '../support/log-to.ts'

const setUp = (refuse: (text: string) => Error | undefined) => {
  const sent: string[] = []
  const contradicted: string[] = []
  const refusals: (number | string)[] = []
  const { log, lines } = logTo()
  const messenger = createWechatMessenger({
    api: {
      async sendText(_openid, text) {
        const error = refuse(text)
        if (error) throw error
        sent.push(text)
      },
      typing: async () => {
        throw new WechatApiError('/typing', 45080, 'no contact')
      },
    },
    account: { mayPush: () => true, contradicted: (what) => contradicted.push(what) },
    meters: { refused: (code) => refusals.push(code) },
    log,
  })
  return { messenger, sent, contradicted, refusals, lines }
}
const refusing = (errcode: number) => setUp(() => new WechatApiError('/send', errcode, 'no rid: 1-2'))

describe('pushing through WeChat', () => {
  test.each([
    [-1, 'retry'],
    [45011, 'retry'],
    [42001, 'retry'],
    [40164, 'retry'],
    [45015, 'hold'],
    [45047, 'hold'],
    [48001, 'hold'],
    [40003, 'give-up'],
    [43004, 'give-up'],
    [50005, 'give-up'],
  ])('errcode %d means %s', async (errcode, next) => {
    const { messenger, refusals } = refusing(errcode)
    expect(await messenger.sendText('o', 'x')).toEqual({ ok: false, next, reason: `errcode ${errcode}` })
    expect(refusals).toEqual([errcode])
  })

  test.each([
    ['timeout', SEND_PATH, true, 'unsure'],
    ['status', SEND_PATH, true, 'unsure'],
    ['malformed', SEND_PATH, true, 'unsure'],
    ['connection', SEND_PATH, true, 'unsure'],
    ['connection', SEND_PATH, false, 'retry'],
    ['timeout', '/cgi-bin/stable_token', true, 'retry'],
  ] as const)('%s at %s, which may have got through (%s), means %s', async (kind, path, mayBeDone, next) => {
    const { messenger, refusals } = setUp(() => new WechatNetworkError(path, kind, 'x', mayBeDone))
    expect(await messenger.sendText('o', 'x')).toEqual({ ok: false, next, reason: kind })
    expect(refusals).toEqual(['network'])
  })

  test('48001 tells that the account may not push, an alarm is logged with what to do', async () => {
    const denied = refusing(48001)
    await denied.messenger.sendText('o', 'x')
    expect(denied.contradicted).toEqual(['pushes'])
    const alarmed = refusing(40164)
    await alarmed.messenger.sendText('o', 'x')
    expect(alarmed.lines[0]).toMatchObject({
      level: 'error',
      fields: { hint: expect.stringMatching(/allowlist/) },
    })
  })

  test('a text that WeChat finds too long goes out in halves, in order', async () => {
    const tooLong = new WechatApiError('/send', 45002, 'too long')
    const { messenger, sent } = setUp((text) => (Buffer.byteLength(text) > 500 ? tooLong : undefined))
    const text = Array.from({ length: 60 }, (_, index) => `第 ${index} 句话。`).join('')
    expect(await messenger.sendText('o', text)).toEqual({ ok: true })
    expect(sent.length).toBeGreaterThan(1)
    expect(sent.join('')).toBe(text)
  })

  test('a text that is too long however short is held, not split for ever', async () => {
    const { messenger } = refusing(45002)
    expect(await messenger.sendText('o', '长'.repeat(600))).toMatchObject({ ok: false, next: 'hold' })
  })

  test('a typing indicator that is refused is nobody else’s business', async () => {
    const { messenger, lines } = refusing(0)
    await messenger.showTyping('oAbcdefghijklmnop')
    expect(lines).toEqual([
      expect.objectContaining({ level: 'debug', fields: expect.objectContaining({ openid: 'oAbc***mnop' }) }),
    ])
  })
})
