import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, sqlitePath } from '../../src/infra/db/database.ts'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const SECRET = Buffer.alloc(32, 7)
const cardKeys = createCardKeys({ current: SECRET, previous: [] })
const GOOD_KEY = 'sk-good-0123456789abcdef'

const channelsAt = (baseUrl: string) => `channels:
  - code: main
    baseUrl: ${baseUrl}
    apiKeys: [test-key]
    models: { small: {}, large: { price: 3 } }
    ownKeys: true
`

/** Everything that is stored: each row of each table, and of SQLite the bytes of its files. */
const storedBy = async (service: Service): Promise<string> => {
  const url = service.env.DATABASE_URL ?? ''
  const { knex, engine, close } = openDatabase(url)
  const names =
    engine === 'sqlite'
      ? await knex('sqlite_master').where({ type: 'table' }).pluck('name')
      : (await knex.raw('show tables'))[0].flatMap((row: object) => Object.values(row))
  const rows = await Promise.all(names.map((name: string) => knex(name)))
  await close()
  if (engine !== 'sqlite') return JSON.stringify(rows)
  const files = ['', '-wal'].map((end) => `${sqlitePath(url)}${end}`).filter((path) => existsSync(path))
  return JSON.stringify(rows) + files.map((path) => readFileSync(path, 'latin1')).join('')
}

describe.each(stacks)('who may spend what on $name', (stack) => {
  let service: Service
  const dir = mkdtempSync(join(tmpdir(), 'yingda-quota-'))
  const channelsFile = join(dir, 'channels.yaml')
  const wordsFile = join(dir, 'words.txt')
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} quota ${count}`)
  }
  const said = (openid: string) =>
    service.weixin.platform
      .phone(openid)
      .messages.filter(({ from }) => from === 'account')
      .map(({ text }) => text)
  const tell = async (openid: string, text: string): Promise<string> => {
    await service.weixin.platform.send(openid, text)
    return said(openid).at(-1) ?? ''
  }
  const card = (more: Partial<Parameters<typeof cardKeys.seal>[0]> = {}) => {
    count += 1
    return cardKeys.seal({ batch: 77, serial: count, calls: 50, days: 30, redeemBy: undefined, ...more })
  }

  beforeAll(async () => {
    writeFileSync(wordsFile, '# 例\n违禁词\nmask: 密语\n行内代码\n')
    const env = await stack.openEnv()
    service = await startService(stack.engine, (weixin) => {
      writeFileSync(channelsFile, channelsAt(weixin.modelBase))
      return {
        ...{ ...env, TRIAL_CALLS: '4', APP_SECRET: SECRET.toString('base64'), RATE_PER_MINUTE: '100' },
        ...{ CHANNELS_FILE: channelsFile, WORDS_FILE: wordsFile, OPENAI_API_KEY: '', OPENAI_MODEL: '' },
        ...{ OPENAI_BASE_URL: '', MERGE_WITHIN_MS: '0', WECHAT_REPLY_BUDGET_MS: '4500' },
      }
    })
  })
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test('the trial calls are answered, the next question is told what to do', async () => {
    const me = somebody()
    for (const question of ['一', '二', '三', '四']) expect(await tell(me, question)).toContain(question)
    const refusal = await tell(me, '五')
    expect(refusal).toContain('兑换')
    expect(refusal).toContain('绑定')
    expect(refusal).toMatch(/[0-9A-Z]{8}/)
    expect(service.weixin.model.calls().filter(({ messages }) => messages.at(-1)?.text === '五')).toEqual([])
  })

  test('a question that fails costs nothing', async () => {
    const me = somebody()
    await tell(me, '失败 500')
    expect(await tell(me, '额度')).toContain('4')
  })

  test('额度 shows the trial before the first question', async () => {
    expect(await tell(somebody(), '额度')).toMatch(/4/)
  })

  test('leaving and following again gives no second trial', async () => {
    const me = somebody()
    await tell(me, '一')
    await service.weixin.platform.unfollow(me)
    await service.weixin.platform.follow(me)
    expect(await tell(me, '额度')).toContain('3')
  })

  test('a card key is redeemed, however it is typed, and told of when it is sent again', async () => {
    const me = somebody()
    const key = card()
    const first = await tell(me, `兑换 ${key.toLowerCase().replaceAll('-', ' ')}`)
    expect(first).toContain('50')
    expect(first).toContain('54')
    expect(await tell(me, key)).toContain('已经')
    expect(await tell(me, '额度')).toContain('54')
  })

  test('a bare card key is redeemed as well, and English understands redeem', async () => {
    const me = somebody()
    expect(await tell(me, card({ calls: 7, days: undefined }))).toContain('11')
    expect(await tell(me, `redeem ${card({ calls: 5 })}`)).toContain('16')
  })

  test('forged, void and used by somebody else sound the same, and are counted', async () => {
    const [me, other] = [somebody(), somebody()]
    const key = card()
    await tell(other, key)
    const withoutCode = (text: string) => text.replace(/[0-9A-Z]{8}/, 'CODE')
    const used = await tell(me, key)
    const forged = await tell(
      me,
      createCardKeys({ current: Buffer.alloc(32, 8), previous: [] }).seal({
        ...{ batch: 1, serial: 1, calls: 1, days: undefined, redeemBy: undefined },
      }),
    )
    expect(withoutCode(used)).toBe(withoutCode(forged))
    for (let tries = 0; tries < 8; tries += 1) await tell(me, `兑换 ${'ABCDEF-'.repeat(8).slice(0, -1)}`)
    const tooMany = await tell(me, card())
    expect(tooMany).toMatch(/分钟/)
    expect(await tell(me, '额度')).toContain('4')
  })

  test('a card past its last day is told so, an incomplete one as well', async () => {
    const me = somebody()
    expect(await tell(me, card({ redeemBy: '2020-01-01' }))).toContain('2020-01-01')
    expect(await tell(me, '兑换 ABC-123')).not.toContain('ABC')
    expect(await tell(me, '兑换')).toContain('兑换')
  })

  test('what only begins like a command is a question', async () => {
    const me = somebody()
    expect(await tell(me, '兑换 100 美元是多少人民币')).toContain('100 美元是多少人民币')
    expect(await tell(me, '模型是什么')).toContain('模型是什么')
    expect(await tell(me, '绑定一本书要多少钱')).toContain('绑定一本书')
  })

  test('an own key is tried, kept sealed, and questions on it cost nothing', async () => {
    const me = somebody()
    expect(await tell(me, '绑定 sk-bad-0123456789')).not.toContain('cdef')
    const bound = await tell(me, `绑定 ${GOOD_KEY}`)
    expect(bound).toContain('cdef')
    expect(bound).toContain('删')
    expect(bound).not.toContain(GOOD_KEY)
    for (const question of ['一', '二', '三', '四', '五', '六'])
      expect(await tell(me, question)).toContain(question)
    expect(await tell(me, '额度')).toContain('cdef')
    expect(await tell(me, '解绑')).toBeTruthy()
    expect(await tell(me, '额度')).not.toContain('cdef')
    expect(await tell(me, '七')).toContain('七')
  })

  test('an own key that fails is said to fail, and the operator’s is not asked', async () => {
    const me = somebody()
    await tell(me, `绑定 ${GOOD_KEY}`)
    const calls = service.weixin.model.calls().length
    const failed = await tell(me, '失败 401')
    expect(failed).toContain('KEY')
    expect(service.weixin.model.calls()).toHaveLength(calls + 1)
  })

  test('a key that is sent alone, or with a wrong channel, is no question', async () => {
    const me = somebody()
    const calls = service.weixin.model.calls().length
    expect(await tell(me, '绑定 nowhere sk-wrong-0123456789abcdef')).toContain('main')
    expect(await tell(me, '绑定 main sk-bad-0123456789abcdef')).toContain('服务商')
    expect(await tell(me, 'sk-good-9876543210zyxw')).toContain('zyxw')
    // Tried twice, never asked.
    expect(
      service.weixin.model
        .calls()
        .slice(calls)
        .map(({ messages }) => messages.length),
    ).toEqual([1])
  })

  test('a dearer model costs its price, and is chosen by name', async () => {
    const me = somebody()
    expect(await tell(me, '模型')).toMatch(/small[\s\S]*large/)
    expect(await tell(me, '模型 none')).toContain('none')
    expect(await tell(me, '换模型 large。')).toContain('large')
    await tell(me, '模型small')
    await tell(me, '模型 LARGE')
    await tell(me, '问一')
    expect(service.weixin.model.calls().at(-1)?.model).toBe('large')
    expect(await tell(me, '额度')).toContain('1')
    const refusal = await tell(me, '问二')
    expect(refusal).toContain('3')
    await tell(me, '模型 small')
    expect(await tell(me, '问三')).toContain('问三')
  })

  test('a word of the list stops a question, another is masked, an answer is watched too', async () => {
    const me = somebody()
    expect(await tell(me, '这里有违 禁 词吗')).not.toContain('违 禁 词')
    expect(await tell(me, '说密语吧')).toContain('说＊＊吧')
    expect(await tell(me, '额度')).toContain('3')
    // The model's answer to this has such a word in the middle.
    const blocked = await tell(me, '表格')
    expect(blocked).toContain('没有给出')
    expect(blocked).not.toContain('沙盒模型的')
    expect(await tell(me, '额度')).toContain('3')
  })

  test('a new version of the words is taken, a broken one is not', async () => {
    const me = somebody()
    writeFileSync(wordsFile, '新的词\n')
    await until(async () => !(await tell(me, '有新的词吗')).includes('有新的词吗'), 10_000)
    writeFileSync(wordsFile, Buffer.from([0xff, 0xfe, 0x00, 0x80]))
    await until(
      () => service.lines.some(({ message }) => message.includes('what it held before stays')),
      10_000,
    )
    expect(await tell(me, '还有新的词吗')).not.toContain('还有新的词吗')
    writeFileSync(wordsFile, '违禁词\nmask: 密语\n行内代码\n')
  })

  test('新对话 begins without what was said before', async () => {
    const me = somebody()
    await tell(me, '我叫小明')
    await tell(me, '新对话')
    await tell(me, '我叫什么')
    const messages = service.weixin.model.calls().at(-1)?.messages ?? []
    expect(messages.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(['我叫什么'])
  })

  test('删除我的数据 asks once more, then forgets, and gives no new trial', async () => {
    const me = somebody()
    await tell(me, '我叫小明')
    expect(await tell(me, '删除我的数据')).toContain('确认删除')
    const forgotten = await tell(me, '确认删除')
    expect(forgotten).not.toContain('确认删除')
    // No second trial, and nobody remembers the first.
    expect(await tell(me, '我叫什么')).toContain('兑换')
    expect(await tell(me, '确认删除')).toContain('没有等待确认')
  })

  test('keys stay out of the log and of the database', async () => {
    const stored = await storedBy(service)
    const log = JSON.stringify(service.lines) + stored
    expect(stored).toContain('cdef')
    expect(log).not.toContain(GOOD_KEY)
    expect(log).not.toContain('sk-bad-0123456789')
    expect(log).not.toMatch(/[0-9A-HJKMNP-TV-Z]{6}(-[0-9A-HJKMNP-TV-Z]{6}){7}/)
  })
})
