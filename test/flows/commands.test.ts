import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

describe.each(stacks)('commands as people type them, on $name', (stack) => {
  let service: Service
  const dir = mkdtempSync(join(tmpdir(), 'yingda-commands-'))
  const textsFile = join(dir, 'texts.yaml')
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} commands ${count}`)
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
  const speak = async (openid: string, recognition: string): Promise<string> => {
    const voice = { MsgType: 'voice', MediaId: 'm', Format: 'amr', Recognition: recognition }
    await service.weixin.platform.sendMessage(openid, voice)
    return said(openid).at(-1) ?? ''
  }
  const callsSoFar = () => service.weixin.model.calls().length

  beforeAll(async () => {
    writeFileSync(textsFile, '# nothing yet\n')
    service = await startService(
      stack.engine,
      {
        ...(await stack.openEnv()),
        TRIAL_CALLS: '10',
        MERGE_WITHIN_MS: '0',
        TEXTS_FILE: textsFile,
        WECHAT_REPLY_BUDGET_MS: '4500',
      },
      { clock: createFastClock(4) },
    )
  })
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test('every command can be spoken', async () => {
    const [me, calls] = [somebody(), callsSoFar()]
    expect(await speak(me, '帮助。')).toContain('直接发文字提问')
    expect(await speak(me, '额度。')).toContain('10')
    expect(await speak(me, '继续。')).toContain('没有还没看完')
    expect(await speak(me, '停止。')).toContain('没有正在进行')
    expect(await speak(me, '重答。')).toContain('没有可以重答')
    expect(await speak(me, '新对话。')).toContain('重新开始')
    expect(await speak(me, '登录。')).toMatch(/\d{6}/)
    expect(await speak(me, '绑定。')).toContain('绑定')
    expect(await speak(me, '解绑。')).toContain('没有绑定')
    expect(await speak(me, '兑换。')).toContain('卡密')
    expect(await speak(me, '模型。')).toContain('scripted')
    expect(await speak(me, '删除我的数据。')).toContain('确认删除')
    expect(await speak(me, '确认删除。')).toContain('已经删除')
    expect(callsSoFar()).toBe(calls)
  })

  test.each(['是', 'yes', '确认', '好', '好的', 'y', 'OK', '不', '取消', '算了。', '确定删除'])(
    '%s confirms no erasure and asks nothing',
    async (word) => {
      const [me, calls] = [somebody(), callsSoFar()]
      await tell(me, '额度')
      await tell(me, '删除我的数据')
      expect(await tell(me, word)).toContain('没有删除')
      expect(await tell(me, '确认删除')).toContain('没有等待确认')
      expect(await tell(me, '额度')).toContain('10')
      expect(callsSoFar()).toBe(calls)
    },
  )

  test.each([
    ['a question', (me: string) => tell(me, '今天星期几'), '今天星期几'],
    ['a command', (me: string) => tell(me, '帮助'), '直接发文字提问'],
    ['a sticker', (me: string) => tell(me, '[微笑]'), '表情收到'],
    [
      'a picture',
      async (me: string) => {
        const picture = { MsgType: 'image', PicUrl: 'http://p', MediaId: 'm' }
        await service.weixin.platform.sendMessage(me, picture)
        return said(me).at(-1) ?? ''
      },
      '图片',
    ],
    [
      'a tap in the menu',
      async (me: string) => {
        await service.weixin.platform.tapMenu(me, 'QUOTA')
        return said(me).at(-1) ?? ''
      },
      '10',
    ],
  ])('%s keeps the data, is answered, and the person is told', async (_what, act, answer) => {
    const me = somebody()
    await tell(me, '额度')
    await tell(me, '删除我的数据')
    const told = await act(me)
    expect(told).toMatch(/^（没有删除/)
    expect(told).toContain(answer)
    // A model that asks 「要继续吗？」 makes people type it.
    expect(await tell(me, '是')).not.toContain('已经删除')
    expect(await tell(me, '确认删除')).toContain('没有等待确认')
  })

  test('the person is told before an answer that comes later', async () => {
    const me = somebody()
    await tell(me, '额度')
    await tell(me, '删除我的数据')
    await service.weixin.platform.send(me, '慢 6')
    expect(said(me).slice(-1)).toEqual(['（没有删除，你的数据都还在。）'])
    await until(() => said(me).at(-1)?.includes('慢 6') === true, 10_000)
  }, 20_000)

  test('to ask for it twice asks twice, and erases nothing', async () => {
    const me = somebody()
    await tell(me, '额度')
    expect(await tell(me, '删除我的数据')).toContain('确认删除')
    expect(await tell(me, '删除我的数据')).toContain('确定要删除')
    expect(await tell(me, '确认删除')).toContain('已经删除')
  })

  test('what is nearly a command is asked back for nothing, and sent again it is a question', async () => {
    const [me, calls] = [somebody(), callsSoFar()]
    const asked = await tell(me, 'qouta')
    expect(asked).toContain('「quota」')
    expect(asked).toContain('msgmenucontent=quota')
    expect(await tell(me, '继读')).toContain('「继续」')
    expect(callsSoFar()).toBe(calls)
    expect(await tell(me, '额度')).toContain('10')
    expect(await tell(me, '继读')).toContain('你说的是：继读')
    expect(await tell(me, '额度')).toContain('9')
  })

  test('no short text is asked back twice, though another was between', async () => {
    const me = somebody()
    expect(await tell(me, 'hlep')).toContain('「help」')
    expect(await tell(me, 'balence')).toContain('「quota」')
    expect(await tell(me, 'hlep')).toContain('你说的是：hlep')
    expect(await tell(me, 'balence')).toContain('你说的是：balence')
    expect(await tell(me, 'hlep')).toContain('你说的是：hlep')
  })

  test.each([
    '【收到不支持的消息类型，暂无法显示】',
    '[收到不支持的消息类型，暂无法显示]',
    '[Unsupported Message]',
    '[收到了一个表情，请在手机上查看]',
    '[当前版本不支持展示该内容，请升级至最新版本]',
    '。',
    '？？？',
    '😀',
    '/::)',
    '[捂脸]',
  ])('%s gets a kind sentence and costs nothing', async (text) => {
    const [me, calls] = [somebody(), callsSoFar()]
    expect(await tell(me, text)).toContain('告诉我')
    expect(await tell(me, '额度')).toContain('10')
    expect(callsSoFar()).toBe(calls)
  })

  test('greetings are the model’s unless the operator words an answer, and stickers too when theirs is empty', async () => {
    const me = somebody()
    expect(await tell(me, '你好')).toContain('你说的是：你好')
    expect(await tell(me, '好的')).toContain('你说的是：好的')
    expect(await tell(me, '谢谢')).toBe('不客气！还有想问的，直接发给我就好。')
    writeFileSync(
      textsFile,
      'smallTalk:\n  hello: 你好呀，想问什么？\n  thanks: 不客气。\nonlyText:\n  sticker: ""\n',
    )
    await until(async () => (await tell(me, '你好！')) === '你好呀，想问什么？', 10_000)
    const calls = callsSoFar()
    expect(await tell(me, '谢谢啦')).toBe('不客气。')
    expect(callsSoFar()).toBe(calls)
    expect(await tell(somebody(), '😀')).toContain('你说的是：😀')
  })
})

test('a reply that WeChat did not take keeps its meaning when it comes again', async () => {
  const service = await startService(
    'sqlite',
    { TRIAL_CALLS: '10', WECHAT_ACCOUNT: 'unverified' },
    { clock: createFastClock(10) },
  )
  const { platform } = service.weixin
  const me = openidOf('slow to answer')
  const said = () =>
    platform.phone(me).messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  await platform.send(me, '额度')
  await platform.send(me, '删除我的数据')
  // The first two of its three arrivals are left without an answer.
  await platform.send(me, '慢 20')
  expect(said().at(-1)).toMatch(/^（没有删除.*）\s+还在想/)
  await service.close()
}, 30_000)
