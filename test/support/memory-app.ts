import { createIds } from '../../src/base/ids.ts'
import { createAnswerLinks } from '../../src/conversation/answer-links.ts'
import { createAnswerTurn } from '../../src/conversation/answer-turn.ts'
import { createAsk } from '../../src/conversation/ask.ts'
import { partsOfTurn } from '../../src/conversation/delivery-plan.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { Messenger, SendResult } from '../../src/conversation/messenger.ts'
import { noMeters } from '../../src/conversation/meters.ts'
import { createPushAnswer } from '../../src/conversation/push-answer.ts'
import { createRulebook } from '../../src/conversation/rulebook.ts'
import { more } from '../../src/conversation/rules/more.ts'
import { question } from '../../src/conversation/rules/question.ts'
import { retry } from '../../src/conversation/rules/retry.ts'
import { stop } from '../../src/conversation/rules/stop.ts'
import { textsOf } from '../../src/conversation/texts.ts'
import { createTrunk } from '../../src/conversation/trunk.ts'
import type { Turn } from '../../src/conversation/turn.ts'
import { createWorkOnTurn } from '../../src/conversation/work-on-turn.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { createMemoryFeed } from '../../src/infra/feed/memory-feed.ts'
import { createInProcessQueue } from '../../src/infra/queue/in-process-queue.ts'
import type { Channel, StreamPart } from '../../src/llm/channel.ts'
import { openTestDatabase } from './databases.ts'
import { logTo } from './log-to.ts'
import { createManualClock } from './manual-clock.ts'

export const T0 = 1_760_000_000_000

/** The trunk and one worker on a database, under a clock that stands still, with a model and a phone made of arrays. */
export const openMemoryApp = async (engine: Engine = 'sqlite') => {
  const clock = createManualClock(T0)
  const { log, lines } = logTo()
  const database = await openTestDatabase(engine)
  const ids = createIds(clock.now)
  const texts = textsOf('zh-CN')
  const { knex } = database
  const [turns, deliveries] = [createKnexTurns(knex), createKnexDeliveries(knex)]
  const users = createKnexUsers(knex, ids)
  const feed = createMemoryFeed({ clock })
  const queue = createInProcessQueue({ clock, log, random: () => 0.5 })
  const partsOf = (turn: Turn) => partsOfTurn(turn, texts, false)

  const phone: string[] = []
  const results: SendResult[] = []
  const state = { mayPush: true, typing: 0, mergeWithinMs: 0 }
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
  const ledger = createKnexPushLedger(knex)
  const inbox = createKnexInbox(knex)
  const links = createAnswerLinks({
    secrets: { current: Buffer.alloc(32, 1), previous: undefined },
    publicUrl: 'https://bot.example',
    clock,
  })
  const common = {
    turns,
    deliveries,
    queue,
    feed,
    messenger,
    links,
    partsOf,
    texts,
    meters: noMeters,
    clock,
    log,
  }
  const answer = createAnswerTurn({
    ...common,
    ids,
    turnTimeoutMs: 120_000,
    openModel: () => ({ channel, name: 'm' }),
    countTokens: (text) => text.length,
  })
  const push = createPushAnswer({ ...common, users, ledger, random: () => 0.5 })
  const work = createWorkOnTurn({ ...common, answer, push })
  const ask = createAsk({
    users,
    turns,
    deliveries,
    queue,
    ids,
    texts,
    mergeWithinMs: () => state.mergeWithinMs,
  })
  const trunk = createTrunk({
    ...common,
    inbox,
    rulebook: createRulebook([
      more({ users, deliveries, texts }),
      stop({ users, turns, texts }),
      retry({ users, turns, ask, texts }),
      question(ask),
    ]),
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
      ledger,
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
