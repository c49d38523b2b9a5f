import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { POST_VALID_MS } from '../../src/base/post-age.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { lastSaid } from '../support/page-visitor.ts'
import { type Service, startService } from '../support/service.ts'
import { createShiftedClock } from '../support/shifted-clock.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('whoever has listened on the way, on $name', (stack) => {
  const clock = createShiftedClock()
  let service: Service
  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(
      stack.engine,
      { ...env, WECHAT_ACCOUNT: 'service' },
      { clock, mode: 'secure' },
    )
  }, 60_000)
  afterAll(() => service.close())

  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`replayed ${count}`)
  }
  /** The very bytes of the last post. */
  const captured = () => {
    const sent = service.weixin.platform
      .wire()
      .findLast(({ direction, kind }) => direction === 'to-app' && kind !== 'api')
    const { url = '', cipher = '' } = sent ?? {}
    return async () => {
      const init = { method: 'POST', headers: { 'content-type': 'text/xml' }, body: cipher }
      const response = await fetch(url, init)
      return { status: response.status, text: await response.text() }
    }
  }
  const send = async (who: string, text: string) => {
    await service.weixin.platform.send(who, text)
    return captured()
  }
  const onPage = async (who: string) => {
    const client = createPageClient(service.url, { check() {}, seen: new Set() })
    await logIn(client, service.weixin, who)
    return {
      async questions() {
        const { body: me } = await client.call('GET', '/api/me')
        const { status, body } = await client.call('GET', `/api/conversations/${me?.conversationId}/turns`)
        return status === 200 ? body.map((turn: { question: string }) => turn.question) : status
      },
      forgetMe: () => client.call('DELETE', '/api/me'),
    }
  }
  const userOf = (openid: string) => service.app.page.users.findByOpenid(openid)

  test('cannot erase somebody again by the unfollowing that erased them', async () => {
    const me = somebody()
    await send(me, '第一次')
    await service.weixin.platform.unfollow(me)
    const unfollow = captured()
    await service.weixin.platform.follow(me)
    const page = await onPage(me)
    await send(me, '回来了')
    for (let times = 0; times < 3; times += 1)
      expect(await unfollow()).toEqual({ status: 200, text: 'success' })
    expect(await page.questions()).toEqual(['回来了'])
  })

  test('nor by one that erased nobody, as they were no user then', async () => {
    const me = somebody()
    await service.weixin.platform.unfollow(me)
    const unfollow = captured()
    await service.weixin.platform.follow(me)
    const page = await onPage(me)
    await send(me, '第一问')
    expect((await unfollow()).status).toBe(200)
    expect(await page.questions()).toEqual(['第一问'])
  })

  test('nor by the words that asked for it and confirmed it', async () => {
    const me = somebody()
    await send(me, '你好')
    const [ask, confirm] = [await send(me, '删除我的数据'), await send(me, '确认删除')]
    expect(await userOf(me)).toBeUndefined()
    // WeChat's own retry is told the same again.
    expect((await confirm()).text).not.toBe('success')
    await send(me, '又来了')
    const user = await userOf(me)
    for (const again of [ask, confirm, ask, confirm, confirm]) expect((await again()).status).toBe(200)
    expect(await userOf(me)).toMatchObject({ id: user?.id, eraseAsked: undefined })
  })

  test('nor by a confirmation from before the question it would answer', async () => {
    const me = somebody()
    await send(me, '你好')
    const early = await send(me, '确认删除')
    await send(me, '删除我的数据')
    const user = await userOf(me)
    expect(user?.eraseAsked).toBeDefined()
    await early()
    expect(await userOf(me)).toMatchObject({ id: user?.id })
  })

  test('cannot bring somebody back who has been erased, by anything they had said or done', async () => {
    const me = somebody()
    const said = [
      await send(me, '你好'),
      await send(me, '额度'),
      await send(me, '帮助'),
      await send(me, '登录'),
    ]
    await service.weixin.platform.follow(me)
    said.push(captured())
    const page = await onPage(me)
    said.push(captured())
    expect((await page.forgetMe()).status).toBe(204)
    const calls = service.weixin.model.calls().length
    for (const again of said) expect(await again()).toEqual({ status: 200, text: 'success' })
    expect(await userOf(me)).toBeUndefined()
    expect(service.weixin.model.calls().length).toBe(calls)
  })

  test('cannot have a command done again minutes later', async () => {
    const me = somebody()
    await send(me, '第一问')
    const begin = await send(me, '新对话')
    await send(me, '第二问')
    const before = await userOf(me)
    clock.pass(3 * 60_000)
    expect(await begin()).toEqual({ status: 200, text: 'success' })
    expect((await userOf(me))?.conversationId).toBe(before?.conversationId)
  })

  test('cannot have a question asked, nor its answer read, again minutes later', async () => {
    const me = somebody()
    const question = await send(me, '问一次')
    expect((await question()).text).toContain('Encrypt')
    const calls = service.weixin.model.calls().length
    clock.pass(3 * 60_000)
    expect(await question()).toEqual({ status: 200, text: 'success' })
    expect(service.weixin.model.calls().length).toBe(calls)
  })

  test('cannot post anything once it is older than the memory of it', async () => {
    const me = somebody()
    const posts = [await send(me, '问过的'), await send(me, '帮助')]
    await service.weixin.platform.unfollow(me)
    posts.push(captured())
    clock.pass(POST_VALID_MS)
    for (const again of posts) expect(await again()).toEqual({ status: 403, text: '' })
    const refused = service.lines.filter(({ message }) => message === 'a callback was refused')
    expect(refused.at(-1)).toMatchObject({ fields: { reason: expect.stringContaining('10 minutes') } })
    expect(lastSaid(service, me)).not.toBe('')
  })
})
