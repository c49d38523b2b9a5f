import { createIds } from '../../src/base/ids.ts'
import type { Log } from '../../src/base/log.ts'
import { createAnswerLinks } from '../../src/conversation/answer-links.ts'
import { createAnswerTurn } from '../../src/conversation/answer-turn.ts'
import { createAsk } from '../../src/conversation/ask.ts'
import { partsOfTurn } from '../../src/conversation/delivery-plan.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { Messenger, SendResult } from '../../src/conversation/messenger.ts'
import { noMeters } from '../../src/conversation/meters.ts'
import { createPushAnswer } from '../../src/conversation/push-answer.ts'
import type { Known, Question } from '../../src/conversation/question.ts'
import { createRefuse } from '../../src/conversation/refusals.ts'
import { createRulebook, type Rule } from '../../src/conversation/rulebook.ts'
import { asQuestion } from '../../src/conversation/rules/as-question.ts'
import { knownUser } from '../../src/conversation/rules/known-user.ts'
import { more } from '../../src/conversation/rules/more.ts'
import { question } from '../../src/conversation/rules/question.ts'
import { retry } from '../../src/conversation/rules/retry.ts'
import { stop } from '../../src/conversation/rules/stop.ts'
import { createSecretsInText } from '../../src/conversation/secrets/secrets-in-text.ts'
import { textsOf } from '../../src/conversation/texts.ts'
import { createTrunk } from '../../src/conversation/trunk.ts'
import type { Turn } from '../../src/conversation/turn.ts'
import { createWorkOnTurn } from '../../src/conversation/work-on-turn.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { createMemoryFeed } from '../../src/infra/feed/memory-feed.ts'
import { createRedisFeed } from '../../src/infra/feed/redis-feed.ts'
import { createBullmqQueue } from '../../src/infra/queue/bullmq-queue.ts'
import { createInProcessQueue } from '../../src/infra/queue/in-process-queue.ts'
import type { Channel, StreamPart } from '../../src/llm/channel.ts'
import { createMatcher } from '../../src/words/matcher.ts'
import { openTestDatabase } from './databases.ts'
import { logTo } from './log-to.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { testPersonHash } from './person-hash.ts'
import type { Stack } from './stacks.ts'

export const T0 = 1_760_000_000_000

/** What the processes of a stack share: `openShared` of Redis or of this process alone. */
const openTransport = async (stack: Stack, clock: ManualClock, log: Log) => {
  const { REDIS_URL } = await stack.openEnv()
  if (!REDIS_URL)
    return {
      feed: createMemoryFeed({ clock }),
      queue: createInProcessQueue({ clock, log, random: () => 0.5 }),
    }
  return {
    feed: createRedisFeed({ redisUrl: REDIS_URL, clock, log }),
    queue: createBullmqQueue({ redisUrl: REDIS_URL, log }),
  }
}

const inProcess = (engine: Engine): Stack => ({ name: engine, engine, openEnv: async () => ({}) })

/** The trunk and one worker on a stack, under a clock that stands still, with a model and a phone made of arrays. */
export const openMemoryApp = async (on: Engine | Stack = 'sqlite') => {
  const stack = typeof on === 'string' ? inProcess(on) : on
  const clock = createManualClock(T0)
  const { log, lines } = logTo()
  const database = await openTestDatabase(stack.engine)
  const ids = createIds(clock.now)
  const texts = textsOf('zh-CN')
  const { knex } = database
  const stores = openStores(knex, ids, testPersonHash)
  const { turns, deliveries, users, pushes } = stores
  const { feed, queue } = await openTransport(stack, clock, log)
  const partsOf = (turn: Turn) => partsOfTurn(turn, texts, false)

  const phone: string[] = []
  const results: SendResult[] = []
  const state = { mayPush: true, typing: 0, mergeWithinMs: 0, price: 0, words: createMatcher([]) }
  const messenger: Messenger = {
    mayPush: () => state.mayPush,
    async sendText(_openid, text) {
      const result = results.shift() ?? { ok: true }
      if (result.ok) phone.push(text)
      return result
    },
    async showTyping() {
      state.typing += 1
    },
  }

  let stream: Channel['stream'] = async function* () {
    yield { type: 'text', text: 'answer' }
  }
  const channel: Channel = { code: 'test', stream: (request) => stream(request) }
  const links = createAnswerLinks({
    secrets: { current: Buffer.alloc(32, 1), previous: [] },
    publicUrl: 'https://bot.example',
    clock,
  })
  const common = {
    ...{ turns, deliveries, queue, feed, messenger, links, partsOf, texts, meters: noMeters, clock, log },
  }
  const refuse = createRefuse({ refusals: stores.refusals, meters: noMeters, ids, clock, log })
  const answer = createAnswerTurn({
    ...{ ...common, ids, refuse, turnTimeoutMs: 120_000, matcher: () => state.words },
    openModel: async () => ({ channel, name: 'm' }),
    countTokens: async (text) => text.length,
  })
  const push = createPushAnswer({ ...common, users, pushes, random: () => 0.5 })
  const work = createWorkOnTurn({ ...common, answer, push })
  const ask = createAsk({
    secrets: createSecretsInText(() => false),
    ...{ turns, deliveries, queue, ids, log, refuse, texts, hasDailyCalls: false },
    mergeWithinMs: () => state.mergeWithinMs,
  })
  const priced: Rule<Question> = (asked, next) =>
    next({ ...asked, cost: { model: 'm', price: state.price, ownKey: false } })
  const guarded = createRulebook<Question>([priced, question(ask)])
  const known = createRulebook<Known>([
    more({ deliveries, turns, guarded, texts }),
    stop({ turns, texts }),
    retry({ turns, guarded, texts }),
    asQuestion(guarded),
  ])
  const rulebook = createRulebook<Incoming>([knownUser(users, known)])
  const trunk = createTrunk({
    ...common,
    inbox: stores.inbox,
    rulebook,
    spentRulebook: createRulebook<Incoming>([]),
    loginNotices: { after: async (text) => ({ text, told: async () => {} }) },
  })

  let count = 0
  return {
    ...{
      clock,
      lines,
      knex,
      turns,
      deliveries,
      users,
      pushes,
      stores,
      links,
      queue,
      feed,
      messenger,
      trunk,
      work,
      phone,
      results,
      state,
    },
    setModel(next: (signal: AbortSignal) => AsyncIterable<StreamPart>) {
      stream = ({ signal }) => next(signal)
    },
    incoming(more: Partial<Incoming> = {}): Incoming {
      count += 1
      const now = clock.now()
      return {
        person: { account: 'gh', openid: `o${count}` },
        messageKey: `m:${count}`,
        said: { kind: 'text', text: '问' },
        receivedAt: now,
        doorClosesAt: now + 4500,
        grants: 'message',
        ...more,
      }
    },
    /** The newest turn's row and its delivery's. */
    async last() {
      const id: string = (await knex('turns').orderBy('id', 'desc').first('id'))?.id ?? ''
      return { id, turn: await turns.find(id), delivery: await deliveries.find(id) }
    },
    async close() {
      await queue.close()
      await feed.close()
      await database.drop()
    },
  }
}
