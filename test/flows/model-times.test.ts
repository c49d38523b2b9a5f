import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import type { AccountKind } from '../../src/sandbox/account.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import type { Outcome } from '../../src/sandbox/platform.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { type Stack, stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const QUESTIONS = ['慢 0.1', '慢 4.4', '慢 4.6', '慢 9', '慢 12', '慢 14', '慢 60', '永不'] as const
type Question = (typeof QUESTIONS)[number]

const STILL_THINKING =
  /^还在想.*「继续」.*<a href="weixin:\/\/bizmsgmenu\?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=1">继续<\/a>/
const APOLOGY = /抱歉.*代码 [0-9A-Z]{8}/
const NOTHING_HELD = /没有还没看完的回答/

const clock = createFastClock(10)

/** What one user saw of one question: every act of theirs, every bubble of the account's. */
type Story = { acts: Outcome[]; said: { via?: 'reply' | 'push'; text: string }[]; notices: number }

const isAnswer = (text: string, question: Question) =>
  question === '永不' ? APOLOGY.test(text) : text.includes(`你说的是：${question}`)

/** Eight users ask at the same time, and ask for more as long as they are told that it takes longer. */
const liveThrough = async (service: Service, kind: AccountKind): Promise<Map<Question, Story>> => {
  const { platform } = service.weixin
  const live = async (question: Question): Promise<[Question, Story]> => {
    const me = openidOf(`${kind} ${question}`)
    const said = () => platform.phone(me).messages.filter(({ from }) => from === 'account')
    const acts = [await platform.send(me, question)]
    while (acts.length < 10 && STILL_THINKING.test(said().at(-1)?.text ?? ''))
      acts.push(await platform.send(me, '继续'))
    await until(() => said().some(({ text }) => isAnswer(text, question)), 15_000).catch(() => {})
    // Time enough for whoever would answer a second time.
    await clock.sleep(3000)
    await platform.send(me, '继续')
    const notices = platform.phone(me).messages.filter(({ from }) => from === 'system').length
    return [question, { acts, said: said(), notices }]
  }
  return new Map(await Promise.all(QUESTIONS.map(live)))
}

const KINDS: AccountKind[] = ['service', 'verified', 'unverified']

describe.each(stacks)('with a model that takes its time, on $name', (stack: Stack) => {
  const services = new Map<AccountKind, Service>()
  const stories = new Map<AccountKind, Map<Question, Story>>()
  const storyOf = (kind: AccountKind, question: Question): Story => {
    const story = stories.get(kind)?.get(question)
    if (!story) throw new Error(`nothing is known of ${question} on a ${kind} account`)
    return story
  }

  beforeAll(async () => {
    for (const kind of KINDS) {
      const env = {
        ...(await stack.openEnv()),
        WECHAT_ACCOUNT: kind,
        WECHAT_REPLY_BUDGET_MS: '4500',
        TURN_TIMEOUT_MS: '63000',
      }
      const service = await startService(stack.engine, env, { clock, kind })
      services.set(kind, service)
      // Connections, libraries and the access token are there when the hour strikes.
      await service.weixin.platform.send(openidOf('early bird'), '早')
    }
    await Promise.all(
      [...services].map(async ([kind, service], index) => {
        // Each account by itself, or its neighbours' doors would close in the same instant as its own.
        await clock.sleep(index * 1500)
        stories.set(kind, await liveThrough(service, kind))
      }),
    )
  }, 60_000)
  afterAll(async () => {
    for (const service of services.values()) await service.close()
  })

  describe.each(KINDS)('of a %s account', (kind) => {
    test.each(QUESTIONS)('who asks %j gets one answer, and one alone', (question) => {
      const { said, notices } = storyOf(kind, question)
      expect(said.filter(({ text }) => isAnswer(text, question))).toHaveLength(1)
      expect(notices).toBe(0)
      const rest = said.filter(({ text }) => !isAnswer(text, question) && !STILL_THINKING.test(text))
      expect(rest.map(({ text }) => text)).toEqual([expect.stringMatching(NOTHING_HELD)])
    })

    test('each question costs one call of the model', () => {
      const asked = services.get(kind)?.weixin.model.calls() ?? []
      const questions = asked.map(({ messages }) => messages.at(-1)?.text)
      expect(questions.toSorted()).toEqual(['早', ...QUESTIONS].toSorted())
    })

    test('nothing is left to answer or to deliver', async () => {
      const { knex, close } = openDatabase(services.get(kind)?.env.DATABASE_URL ?? '')
      const turns = await knex('turns').whereNotIn('status', ['answered', 'failed'])
      const deliveries = await knex('deliveries').whereNotIn('status', ['replied', 'delivered'])
      await close()
      expect({ turns, deliveries }).toEqual({ turns: [], deliveries: [] })
    })
  })

  describe.each(['service', 'verified'] as const)('of a %s account', (kind) => {
    test('what is ready at once is the reply to the only request', () => {
      const { acts, said } = storyOf(kind, '慢 0.1')
      expect(acts[0]).toMatchObject({ attempts: 1, replied: true })
      expect(said[0]?.via).toBe('reply')
    })

    test.each(['慢 9', '慢 12', '慢 14', '慢 60', '永不'] as const)(
      'the only request of %j is answered with success, a push follows',
      (question) => {
        const { acts, said } = storyOf(kind, question)
        expect(acts).toHaveLength(1)
        expect(acts[0]?.tries).toEqual([expect.objectContaining({ outcome: 'silent' })])
        expect(said[0]?.via).toBe('push')
      },
    )
  })

  describe('of an unverified account', () => {
    // In fast time a busy machine adds a second or two: an answer may come a request later, never an earlier one.
    test.each([
      ['慢 0.1', 1],
      ['慢 9', 2],
      ['慢 12', 3],
    ] as const)('the answer to %j is a reply, to request %d at the earliest', (question, earliest) => {
      const { acts, said } = storyOf('unverified', question)
      expect(acts[0]).toMatchObject({ replied: true, notice: false })
      expect(acts[0]?.attempts).toBeGreaterThanOrEqual(earliest)
      expect(said.every(({ via }) => via === 'reply')).toBe(true)
    })

    test.each(['慢 60', '永不'] as const)('the third request of %j offers 继续', (question) => {
      const { acts, said } = storyOf('unverified', question)
      expect(acts.length).toBeGreaterThan(3)
      const outcomes = acts[0]?.tries.map(({ outcome }) => outcome)
      expect(outcomes).toEqual(['cut', 'cut', 'reply'])
      expect(said[0]).toMatchObject({ via: 'reply', text: expect.stringMatching(STILL_THINKING) })
    })

    test('nothing is ever pushed', () => {
      for (const question of QUESTIONS)
        for (const { via } of storyOf('unverified', question).said) expect(via).toBe('reply')
    })
  })
})
