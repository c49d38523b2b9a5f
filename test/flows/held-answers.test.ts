import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { writeScript } from '../../src/sandbox/script.ts'
import type { PhoneMessage } from '../../src/sandbox/shown.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const clock = createFastClock(10)

const SEND = '/cgi-bin/message/custom/send'
const LABEL = '（内容由 AI 生成）'
const REST =
  /\n\n还有 (\d+) 段，回复「继续」查看（点这里<a href="weixin:\/\/bizmsgmenu\?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=1">继续<\/a>，或<a href="http:\/\/127\.0\.0\.1:\d+\/a\/[\w-]{60}">看全文<\/a>）$/
const NOTHING_HELD = expect.stringContaining('没有还没看完的回答')

const restOf = (text: string | undefined): number => Number(REST.exec(text ?? '')?.[1] ?? 0)
/** What the model said, without our words and without the white space at the cuts. */
const wordsOf = (texts: string[]): string =>
  texts
    .map((text) => text.replace(REST, '').replace(LABEL, ''))
    .join('')
    .replaceAll(/\s/g, '')
const wordsFor = (question: string): string =>
  writeScript([{ role: 'user', text: question }]).text.replaceAll(/\s/g, '')

describe.each(stacks)('a long answer on $name', (stack) => {
  let service: Service
  let database: Database
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} held ${count}`)
  }
  const bubbles = (openid: string): PhoneMessage[] =>
    service.weixin.platform.phone(openid).messages.filter(({ from }) => from !== 'user')
  const said = (openid: string): string[] => bubbles(openid).map(({ text }) => text)
  const send = (openid: string, text: string, msgId?: string) =>
    service.weixin.platform.send(openid, text, msgId === undefined ? {} : { msgId })
  const deliveriesOf = (
    openid: string,
  ): Promise<{ status: string; hold_reason: string | null; parts_sent: number }[]> =>
    database
      .knex('deliveries')
      .join('users', 'users.id', 'deliveries.user_id')
      .where('users.openid', openid)
      .orderBy('deliveries.turn_id')
      .select('deliveries.status', 'deliveries.hold_reason', 'deliveries.parts_sent')
  const untilDelivery = (openid: string, status: string) =>
    until(async () => (await deliveriesOf(openid)).some((each) => each.status === status), 15_000)
  const turnOf = (openid: string) =>
    database
      .knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .where('users.openid', openid)
      .first('turns.charged', 'users.unreachable_at')
  /** How many pushes are counted against the allowance. */
  const pushesOf = async (openid: string): Promise<number> =>
    (
      await database
        .knex('pushes')
        .join('users', 'users.id', 'pushes.user_id')
        .where('users.openid', openid)
        .select('pushes.id')
    ).length
  /** Asks for more until there is no more. */
  const askForTheRest = async (openid: string) => {
    for (let asked = 0; asked < 12 && said(openid).at(-1)?.includes('「继续」'); asked += 1)
      await send(openid, '继续')
  }
  /** Calls that pushed to this user, those that were refused included. */
  const pushCalls = (openid: string) =>
    service.weixin.platform
      .wire()
      .filter(
        ({ direction, what, plain }) =>
          direction === 'from-app' && what === `POST ${SEND}` && plain.includes(openid),
      ).length

  const open = (kind: 'service' | 'unverified') => {
    beforeAll(async () => {
      const env = { ...(await stack.openEnv()), WECHAT_ACCOUNT: kind, WECHAT_REPLY_BUDGET_MS: '4500' }
      service = await startService(stack.engine, env, { clock, kind })
      database = openDatabase(service.env.DATABASE_URL ?? '')
      await send(openidOf('early bird'), '慢 5')
    })
    afterAll(async () => {
      await database.close()
      await service.close()
    })
  }

  describe('of an account that cannot push', () => {
    open('unverified')

    test('comes part by part, as often as its reader says 继续', async () => {
      const me = somebody()
      await send(me, '长 3000')
      const parts = restOf(said(me)[0]) + 1
      expect(parts).toBeGreaterThan(4)
      for (let n = 2; n <= parts; n += 1) {
        expect(await send(me, n % 2 ? '继续' : 'More')).toMatchObject({ attempts: 1, replied: true })
        expect(restOf(said(me).at(-1))).toBe(parts - n)
      }
      expect(wordsOf(said(me))).toBe(wordsFor('长 3000'))
      expect(said(me).at(-1)?.endsWith(LABEL)).toBe(true)
      expect(said(me)).toHaveLength(parts)
      expect(bubbles(me).every(({ via }) => via === 'reply')).toBe(true)
      await send(me, '继续')
      expect(said(me).at(-1)).toEqual(NOTHING_HELD)
      expect(await deliveriesOf(me)).toEqual([
        expect.objectContaining({ status: 'replied', parts_sent: parts }),
      ])
    })

    test('comes with the same part when the same 继续 is sent again', async () => {
      const me = somebody()
      await send(me, '长 1600')
      const parts = restOf(said(me)[0]) + 1
      const msgId = '7000000000000000011'
      await send(me, '继续', msgId)
      await send(me, '继续', msgId)
      const [, second, again] = said(me)
      expect(second).toBeTruthy()
      expect(again).toBe(second)
      await askForTheRest(me)
      expect(wordsOf(said(me).toSpliced(2, 1))).toBe(wordsFor('长 1600'))
      expect(said(me)).toHaveLength(parts + 1)
    })

    test('comes with the same part to requests of one 继续 that overlap', async () => {
      const me = somebody()
      await send(me, '长 1600')
      const msgId = '7000000000000000012'
      await Promise.all([1, 2, 3].map(() => send(me, '继续', msgId)))
      expect(new Set(said(me)).size).toBe(2)
    })

    test('that is ready between two requests is the answer to the next one', async () => {
      const me = somebody()
      await send(me, '慢 8 长 1600')
      await askForTheRest(me)
      expect(wordsOf(said(me))).toBe(wordsFor('慢 8 长 1600'))
    })

    test('that was not read to its end is not lost by the next question', async () => {
      const me = somebody()
      await send(me, '长 1600')
      await send(me, '插一句')
      expect(said(me)[1]).toContain('你说的是：插一句')
      await send(me, '继续')
      await askForTheRest(me)
      expect(wordsOf(said(me).toSpliced(1, 1))).toBe(wordsFor('长 1600'))
    })
  })

  describe('of an account that may push', () => {
    open('service')

    /** The first parts are out when WeChat begins to refuse. */
    const refuseAfter = async (openid: string, parts: number, errcode: number) => {
      const question = '慢 5 长 3000'
      const outcome = send(openid, question)
      await service.weixin.platform.waitFor(openid, () => bubbles(openid).length === parts)
      service.weixin.platform.failNext(SEND, errcode)
      await outcome
      await untilDelivery(openid, 'held')
      expect(said(openid)).toHaveLength(parts)
      return question
    }

    test.each([45047, 45015])(
      'refused with %d on its third part is held, 继续 hands over the rest',
      async (code) => {
        const me = somebody()
        const question = await refuseAfter(me, 2, code)
        expect(await deliveriesOf(me)).toEqual([{ status: 'held', hold_reason: 'refused', parts_sent: 2 }])
        expect(await send(me, '继续')).toMatchObject({ attempts: 1, replied: true })
        expect(restOf(said(me).at(-1))).toBeGreaterThan(1)
        await askForTheRest(me)
        expect(wordsOf(said(me))).toBe(wordsFor(question))
        expect(bubbles(me).map(({ via }) => via)).toEqual([
          'push',
          'push',
          ...said(me)
            .slice(2)
            .map(() => 'reply'),
        ])
        await send(me, '继续')
        expect(said(me).at(-1)).toEqual(NOTHING_HELD)
      },
    )

    test('refused on its third part goes on with the next question, before the answer to that', async () => {
      const me = somebody()
      const question = await refuseAfter(me, 2, 45047)
      await send(me, '下一问')
      await until(() => said(me).at(-1)?.includes('下一问') === true)
      expect(wordsOf(said(me).slice(0, -1))).toBe(wordsFor(question))
      expect(said(me).at(-2)?.endsWith(LABEL)).toBe(true)
    })

    test('is refused by WeChat when another program has used up what was left, and comes whole after all', async () => {
      const { platform } = service.weixin
      const me = somebody()
      const outcome = send(me, '慢 5 长 3000')
      const { account } = platform
      const secret = { appid: account.appId, secret: account.appSecret }
      const call = (path: string, body: object, query = {}) => {
        const answer = platform.api({
          method: 'POST',
          path,
          query: new URLSearchParams(query),
          body: JSON.stringify(body),
        })
        return answer === 'no-answer' ? {} : JSON.parse(answer.body)
      }
      const { access_token } = call('/cgi-bin/stable_token', { grant_type: 'client_credential', ...secret })
      for (let n = 1; n <= 3; n += 1) {
        const body = { touser: me, msgtype: 'text', text: { content: '另一个程序' } }
        expect(call(SEND, body, { access_token })).toMatchObject({ errcode: 0 })
      }
      await outcome
      await untilDelivery(me, 'held')
      expect(await deliveriesOf(me)).toEqual([{ status: 'held', hold_reason: 'refused', parts_sent: 2 }])
      await send(me, '继续')
      await askForTheRest(me)
      expect(wordsOf(said(me).slice(3))).toBe(wordsFor('慢 5 长 3000'))
    })

    test('of more parts than WeChat allows ends its fifth with the way to the rest', async () => {
      const me = somebody()
      await send(me, '长 3800')
      await untilDelivery(me, 'held')
      expect(bubbles(me).map(({ via }) => via)).toEqual(Array(5).fill('push'))
      expect(said(me).map(restOf)).toEqual([0, 0, 0, 0, 3])
      expect(pushCalls(me)).toBe(5)
      expect(await deliveriesOf(me)).toEqual([{ status: 'held', hold_reason: 'told', parts_sent: 5 }])
      await askForTheRest(me)
      expect(said(me)).toHaveLength(8)
      expect(said(me).map(restOf)).toEqual([0, 0, 0, 0, 3, 2, 1, 0])
      expect(wordsOf(said(me))).toBe(wordsFor('长 3800'))
    })

    test('is pushed on though the token expires in the middle', async () => {
      const { platform } = service.weixin
      const me = somebody()
      const outcome = send(me, '长 2000')
      await platform.waitFor(me, () => bubbles(me).length === 2)
      platform.expireTokens()
      await outcome
      await untilDelivery(me, 'delivered')
      expect(wordsOf(said(me))).toBe(wordsFor('长 2000'))
    })

    test.each([-1, 45011] as const)('is pushed once though %s comes in between', async (fault) => {
      const me = somebody()
      const outcome = send(me, '慢 5 长 1000')
      await service.weixin.platform.waitFor(me, () => bubbles(me).length === 1)
      service.weixin.platform.failNext(SEND, fault, 2)
      await outcome
      await untilDelivery(me, 'delivered')
      expect(wordsOf(said(me))).toBe(wordsFor('慢 5 长 1000'))
      expect(pushCalls(me)).toBe(said(me).length + 2)
    })

    test('is tried three times, then half a minute later', async () => {
      const me = somebody()
      service.weixin.platform.failNext(SEND, -1, 3)
      await send(me, '慢 5 一段')
      await until(() => pushCalls(me) === 3)
      await clock.sleep(10_000)
      expect(pushCalls(me)).toBe(3)
      await untilDelivery(me, 'delivered')
      expect(said(me)).toEqual([expect.stringContaining('一段')])
      expect(pushCalls(me)).toBe(4)
    })

    test('whose part may be out is sent once more, half a minute later, then kept for 继续', async () => {
      const { platform } = service.weixin
      const me = somebody()
      platform.failNext(SEND, 'http-500', 2)
      await send(me, '慢 5 一段')
      await until(() => pushCalls(me) === 1)
      await clock.sleep(15_000)
      expect(pushCalls(me)).toBe(1)
      await untilDelivery(me, 'held')
      expect(await deliveriesOf(me)).toEqual([{ status: 'held', hold_reason: 'waiting', parts_sent: 0 }])
      expect(pushCalls(me)).toBe(2)
      // What may be out has used up what the user's word allowed.
      expect(await pushesOf(me)).toBe(2)
      await send(me, '继续')
      expect(said(me)).toEqual([expect.stringContaining('一段')])
      expect(pushCalls(me)).toBe(2)
    }, 20_000)

    test('is pushed though WeChat keeps silent, and twice at most when only its answer was lost', async () => {
      const { platform } = service.weixin
      const [one, two] = [somebody(), somebody()]
      platform.failNext(SEND, 'timeout')
      platform.failNext(SEND, 'lost-answer')
      const question = '长 1000'
      await Promise.all([send(one, question), send(two, question)])
      await Promise.all([untilDelivery(one, 'delivered'), untilDelivery(two, 'delivered')])
      const [once, twice] = [one, two].toSorted((a, b) => said(a).length - said(b).length)
      expect(wordsOf(said(once ?? ''))).toBe(wordsFor(question))
      const [first, again, ...others] = said(twice ?? '')
      expect(again).toBe(first)
      expect(wordsOf([first ?? '', ...others])).toBe(wordsFor(question))
    }, 20_000)

    test('whose reader is gone (40003) is given up, and costs nothing', async () => {
      const { platform } = service.weixin
      const me = somebody()
      platform.failNext(SEND, 40003)
      await send(me, '慢 5 长 1000')
      await untilDelivery(me, 'expired')
      expect(pushCalls(me)).toBe(1)
      const gone = await turnOf(me)
      expect(Boolean(gone.charged)).toBe(false)
      expect(Number(gone.unreachable_at)).toBeGreaterThan(0)
      await send(me, '继续')
      await send(me, '我又来了')
      expect(said(me)).toEqual([NOTHING_HELD, expect.stringContaining('我又来了')])
      expect((await turnOf(me)).unreachable_at).toBeNull()
    })

    test('given up after a part was read is charged', async () => {
      const me = somebody()
      const outcome = send(me, '慢 5 长 1000')
      await service.weixin.platform.waitFor(me, () => bubbles(me).length === 1)
      service.weixin.platform.failNext(SEND, 43004)
      await outcome
      await untilDelivery(me, 'expired')
      expect(Boolean((await turnOf(me)).charged)).toBe(true)
    })

    test('is forgotten with a reader who unfollowed, as the platform asks', async () => {
      const { platform } = service.weixin
      const me = somebody()
      const outcome = send(me, '慢 5 长 1000')
      await clock.sleep(1000)
      await platform.unfollow(me)
      await outcome
      await platform.follow(me)
      await send(me, '继续')
      expect(said(me).at(-1)).toContain('没有还没看完的回答')
      expect(await deliveriesOf(me)).toEqual([])
    })

    test('is held and handed over when the account turns out not to be allowed to push (48001)', async () => {
      const { platform } = service.weixin
      const me = somebody()
      platform.setKind('unverified')
      await send(me, '慢 5 长 1600')
      await untilDelivery(me, 'held')
      expect(pushCalls(me)).toBe(1)
      expect(await send(me, '继续')).toMatchObject({ attempts: 1, replied: true })
      await askForTheRest(me)
      expect(wordsOf(said(me))).toBe(wordsFor('慢 5 长 1600'))
      expect(pushCalls(me)).toBe(1)
      // From now on it is an account that cannot push.
      const other = somebody()
      expect((await send(other, '慢 7 长 1000')).tries[0]).toMatchObject({ outcome: 'cut' })
      await askForTheRest(other)
      expect(wordsOf(said(other))).toBe(wordsFor('慢 7 长 1000'))
      expect(pushCalls(other)).toBe(0)
    })
  })
})
