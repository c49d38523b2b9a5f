import { loadAppSecrets } from './base/app-secret.ts'
import { type Clock, systemClock } from './base/clock.ts'
import type { Config, Env } from './base/config.ts'
import { createIds, type Ids } from './base/ids.ts'
import { createLifecycle } from './base/lifecycle.ts'
import type { Log } from './base/log.ts'
import { createAnswerLinks } from './conversation/answer-links.ts'
import { createAnswerTurn } from './conversation/answer-turn.ts'
import { createAsk } from './conversation/ask.ts'
import { partsOfTurn } from './conversation/delivery-plan.ts'
import { createPushAnswer } from './conversation/push-answer.ts'
import { createRulebook } from './conversation/rulebook.ts'
import { follow } from './conversation/rules/follow.ts'
import { help } from './conversation/rules/help.ts'
import { more } from './conversation/rules/more.ts'
import { onlyText } from './conversation/rules/only-text.ts'
import { question } from './conversation/rules/question.ts'
import { rate } from './conversation/rules/rate.ts'
import { retry } from './conversation/rules/retry.ts'
import { stop } from './conversation/rules/stop.ts'
import { createSweep } from './conversation/sweep.ts'
import { textsOf } from './conversation/texts.ts'
import { createTrunk } from './conversation/trunk.ts'
import type { Turn } from './conversation/turn.ts'
import { createWorkOnTurn } from './conversation/work-on-turn.ts'
import { openDatabase } from './infra/db/database.ts'
import { createKnexAccountFacts } from './infra/db/knex-account-facts.ts'
import { createKnexDeliveries } from './infra/db/knex-deliveries.ts'
import { createKnexElections } from './infra/db/knex-elections.ts'
import { createKnexInbox } from './infra/db/knex-inbox.ts'
import { createKnexPushLedger } from './infra/db/knex-push-ledger.ts'
import { createKnexTurns } from './infra/db/knex-turns.ts'
import { createKnexUsers } from './infra/db/knex-users.ts'
import { migrate } from './infra/db/migrate.ts'
import { createPromMeters } from './infra/metrics/prom-meters.ts'
import { createCallback } from './wechat/callback.ts'
import { openMessenger } from './wiring/messenger.ts'
import { openModels } from './wiring/models.ts'
import { openShared } from './wiring/shared.ts'

export type AppParts = {
  config: Config
  log: Log
  /** What the `${NAME}` in the operator's files stand for. */
  env?: Env
  /** Where the service is reached when PUBLIC_URL is not set. */
  url?: string
  clock?: Clock
  ids?: Ids
  random?: () => number
}

/** Where the account may push, whoever types in pieces gets one answer. */
const MERGE_WITHIN_MS = 2000

/** What the doors and the roles are given. */
export type App = Awaited<ReturnType<typeof createApp>>

/** Config in, App out: the only place that knows which adapter stands behind which port. */
export const createApp = async (parts: AppParts) => {
  const { config, log, env = {}, clock = systemClock, ids, random = Math.random } = parts
  const publicUrl = config.PUBLIC_URL ?? parts.url ?? `http://${config.HOST}:${config.PORT}`
  const lifecycle = createLifecycle(log)
  const id = ids ?? createIds(clock.now)
  try {
    const database = openDatabase(config.DATABASE_URL)
    lifecycle.onClose('database', database.close)
    const { applied } = await migrate(database, config.DATABASE_URL)
    if (applied.length > 0) log.info({ applied }, 'the database is migrated')

    const { knex } = database
    const turns = createKnexTurns(knex)
    const deliveries = createKnexDeliveries(knex)
    const users = createKnexUsers(knex, id)
    const ledger = createKnexPushLedger(knex)
    const inbox = createKnexInbox(knex)
    const shared = await openShared(config, clock, log)
    lifecycle.onClose('feed', shared.feed.close)
    lifecycle.onClose('queue', shared.queue.close)
    const { queue, feed } = shared
    const models = await openModels(config, { env, clock, log, random })
    lifecycle.onClose('models', models.stop)

    const { meters, expose } = createPromMeters()
    const facts = createKnexAccountFacts(knex)
    const store = shared.tokenStore
    const { messenger, account } = openMessenger(config, { store, facts, meters, clock, log })
    lifecycle.onClose('account', account.stop)
    const texts = textsOf(config.LOCALE)
    const partsOf = (turn: Turn) => partsOfTurn(turn, texts, config.AI_LABEL)
    const links = createAnswerLinks({ secrets: loadAppSecrets(config), publicUrl, clock })
    const mergeWithinMs = () => config.MERGE_WITHIN_MS ?? (messenger.mayPush() ? MERGE_WITHIN_MS : 0)
    const ask = createAsk({ users, turns, deliveries, queue, ids: id, texts, mergeWithinMs })
    const common = { turns, deliveries, queue, feed, messenger, links, partsOf, texts, meters, clock, log }

    const rulebook = createRulebook([
      follow(users, texts),
      help(texts),
      more({ users, deliveries, texts }),
      stop({ users, turns, texts }),
      onlyText(texts),
      rate(shared.rateLimits, config.RATE_PER_MINUTE, texts),
      retry({ users, turns, ask, texts }),
      question(ask),
    ])
    const trunk = createTrunk({ ...common, inbox, rulebook })
    const callback = createCallback(
      {
        token: config.WECHAT_TOKEN ?? '',
        appId: config.WECHAT_APP_ID ?? '',
        aesKey: config.WECHAT_AES_KEY,
        previousAesKey: config.WECHAT_AES_KEY_PREVIOUS,
        allowPlain: config.WECHAT_ALLOW_PLAIN,
      },
      clock,
    )

    /** Begins to answer turns; only the worker's libraries are loaded here. */
    const startWorking = async () => {
      // A worker needs it soon: not with the first question.
      await import('./infra/llm/openai-channel.ts')
      const answer = createAnswerTurn({
        ...common,
        ids: id,
        openModel: () => {
          const offer = models.offer(undefined)
          return offer && models.open(offer.id)
        },
        countTokens: (await import('./infra/llm/count-tokens.ts')).countTokens,
        turnTimeoutMs: config.TURN_TIMEOUT_MS,
      })
      const push = createPushAnswer({ ...common, users, ledger, random })
      await queue.work(createWorkOnTurn({ ...common, answer, push }), config.WORKER_CONCURRENCY)
      const elections = createKnexElections(knex)
      const sweep = createSweep({ ...common, ledger, elections, holder: id.next('trc') })
      lifecycle.onClose('sweep', sweep.stop)
      sweep.start()
    }

    return {
      config,
      log,
      clock,
      ids: id,
      trunk,
      callback,
      links,
      /** A whole answer for its page; failed and unfinished turns have none. */
      async findAnswer(turnId: string) {
        const turn = await turns.find(turnId)
        if (turn?.answer === undefined || turn.endedAt === undefined) return undefined
        return { question: turn.question, answer: turn.answer, answeredAt: turn.endedAt }
      },
      meters,
      /** Everything counted, in Prometheus's text format. */
      exposeMetrics: expose,
      /** Finds out in the background what the account may do; wants the service to be reachable in the sandbox. */
      learnAccount: account.start,
      startWorking,
      readyChecks: [
        { name: 'database', check: async () => knex.raw('select 1') },
        ...(shared.ping ? [{ name: 'redis', check: shared.ping }] : []),
      ],
      onClose: lifecycle.onClose,
      close: lifecycle.close,
    }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}
