import { describe, expect, test } from '@jest/globals'
import { WechatApiError, WechatNetworkError } from '../../src/wechat/api-errors.ts'
import { createWechatSceneQr } from '../../src/wiring/wechat-scene-qr.ts'
import { logTo } from '../support/log-to.ts'

const SCENE = 'lgn-AAAAAAAAAAAAAAAAAAAAAA'

const setUp = ({
  error,
  may = true,
  hangs = false,
}: {
  error?: Error
  may?: boolean
  hangs?: boolean
} = {}) => {
  const asked: [string, number][] = []
  const contradicted: string[] = []
  const { log, lines } = logTo()
  const make = createWechatSceneQr({
    api: {
      async createSceneQr(scene, expireSeconds) {
        asked.push([scene, expireSeconds])
        if (error) throw error
        if (hangs) await new Promise(() => {})
        return { ticket: 't', url: 'http://weixin.qq.com/q/1', expireSeconds, imageUrl: 'https://mp/t' }
      },
    },
    account: { maySceneQr: () => may, contradicted: (what) => contradicted.push(what) },
    // Three seconds pass at once where WeChat hangs, else never.
    clock: { sleep: () => (hangs ? Promise.resolve() : new Promise(() => {})) },
    log,
  })
  return { make, asked, contradicted, lines }
}

describe('QR codes to log in with', () => {
  test('are pictures at WeChat’s address', async () => {
    const { make, asked } = setUp()
    expect(await make(SCENE, 300)).toBe('https://mp/t')
    expect(asked).toEqual([[SCENE, 300]])
  })

  test('are done without when WeChat takes too long', async () => {
    expect(await setUp({ hangs: true }).make(SCENE, 300)).toBeUndefined()
  })

  test('are not even asked for where the account has none', async () => {
    const { make, asked } = setUp({ may: false })
    expect(await make(SCENE, 300)).toBeUndefined()
    expect(asked).toEqual([])
  })

  test.each([48001, 40200])('%i tells that the account has none', async (errcode) => {
    const { make, contradicted, lines } = setUp({ error: new WechatApiError('/qr', errcode, 'no') })
    expect(await make(SCENE, 300)).toBeUndefined()
    expect(contradicted).toEqual(['sceneQr'])
    expect(lines).toEqual([])
  })

  test.each([
    ['the day’s limit', new WechatApiError('/qr', 45009, 'no')],
    ['silence', new WechatNetworkError('/qr', 'timeout', 'nothing')],
    ['a token store that is away', new Error('ECONNREFUSED')],
  ])('are left out for %s, and the log says why', async (_name, error) => {
    const { make, contradicted, lines } = setUp({ error })
    expect(await make(SCENE, 300)).toBeUndefined()
    expect(contradicted).toEqual([])
    expect(lines).toMatchObject([{ level: 'error', fields: { err: error } }])
  })
})
