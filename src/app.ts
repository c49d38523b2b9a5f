import { randomBytes } from 'node:crypto'
import { loadAppSecrets } from './base/app-secret.ts'
import { type Build, readBuild } from './base/build.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { type Config, type Env, isOpenToUsers } from './base/config.ts'
import { createIds, type Ids } from './base/ids.ts'
import { createLifecycle, type Lifecycle } from './base/lifecycle.ts'
import type { Log } from './base/log.ts'
import { createAnswerLinks } from './conversation/answer-links.ts'
import { createAnswerTurn } from './conversation/answer-turn.ts'
import { createAsk } from './conversation/ask.ts'
import { createBindOwnKey } from './conversation/bind-own-key.ts'
import { partsOfTurn } from './conversation/delivery-plan.ts'
import { createEnqueue } from './conversation/enqueue.ts'
import { createFindAnswer } from './conversation/find-answer.ts'
import { createOpenModel } from './conversation/open-model.ts'
import { createPlainText } from './conversation/plain-text.ts'
import { createPushAnswer } from './conversation/push-answer.ts'
import { createRedeemForUser } from './conversation/redeem-for-user.ts'
import { createRefuse } from './conversation/refusals.ts'
import { createRetain } from './conversation/retention.ts'
import { createSecretsInText } from './conversation/secrets/secrets-in-text.ts'
import { createSweep } from './conversation/sweep.ts'
import { createTidy } from './conversation/tidy.ts'
import { createTrunk } from './conversation/trunk.ts'
import type { Turn } from './conversation/turn.ts'
import { createUpkeep } from './conversation/upkeep.ts'
import { createWorkOnTurn } from './conversation/work-on-turn.ts'
import { createOwnKeySeal } from './identity/own-key.ts'
import { createPersonHash } from './identity/person-hash.ts'
import { openDatabase, SERVICE_PATIENCE_MS } from './infra/db/database.ts'
import { openStores } from './infra/db/stores.ts'
import { createTokenCounter } from './infra/llm/count-tokens.ts'
import { createPromMeters } from './infra/metrics/prom-meters.ts'
import { createCardKeys } from './quota/card-key.ts'
import { createGiveFreeCalls } from './quota/free-calls.ts'
import { createRedeemCard } from './quota/redeem-card.ts'
import { createCallback } from './wechat/callback.ts'
import { backupCheck } from './wiring/backup/check.ts'
import { openBackupSchedule } from './wiring/backup/schedule.ts'
import { createJournalChore } from './wiring/journal.ts'
import { openLiveFiles } from './wiring/live-files.ts'
import { openLogin } from './wiring/login.ts'
import { openMessenger } from './wiring/messenger.ts'
import { openModels } from './wiring/models.ts'
import { openPage } from './wiring/page.ts'
import { prepareData } from './wiring/prepare-data.ts'
import { accountPicture, openPublicFiles } from './wiring/public-files.ts'
import { openRulebook } from './wiring/rulebook.ts'
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
  build?: Build
  /** Whoever may have to stop while it still starts has one of its own. */
  lifecycle?: Lifecycle
  /** How long new requests are still taken once it stops: what is on its way to us has been told that we are here. */
  lingerMs?: number
  random?: () => number
}

/** Where the account may push, whoever types in pieces gets one answer. */
const MERGE_WITHIN_MS = 2000
/** Of the five seconds of a callback, the rest is for everything else. */
const TRY_KEY_MS = 3500
/** The page can wait. */
const TRY_KEY_ON_PAGE_MS = 20_000

/** What the doors and the roles are given. */
export type App = Awaited<ReturnType<typeof createApp>>

/** Config in, App out: the only place that knows which adapter stands behind which port. */
export const createApp = async (parts: AppParts) => {
  const { config, log, env = {}, clock = systemClock, random = Math.random, build = readBuild() } = parts
  const publicUrl = config.PUBLIC_URL ?? parts.url ?? `http://${config.HOST}:${config.PORT}`
  const lifecycle = parts.lifecycle ?? createLifecycle(log)
  const ids = parts.ids ?? createIds(clock.now)
  log.info({ version: build.version, commit: build.commit, role: config.ROLE }, 'starting')
  try {
    await prepareData(config, lifecycle, log)
    const { knex, close } = openDatabase(config.DATABASE_URL, SERVICE_PATIENCE_MS)
    lifecycle.onClose('database', close)

    const secrets = loadAppSecrets(config)
    const personHash = createPersonHash(secrets)
    const stores = openStores(knex, ids, personHash)
    const { users, turns, deliveries, ledger, ownKeys } = stores
    const shared = await openShared(config, clock, log)
    lifecycle.onClose('feed', shared.feed.close)
    lifecycle.onClose('queue', shared.queue.close)
    const { queue, feed, rateLimits: limits } = shared
    const files = await openLiveFiles(config, { clock, log })
    lifecycle.onClose('files', files.stop)
    const publicFiles = openPublicFiles(config.CONFIG_DIR)
    const models = await openModels(config, { env, clock, log, random })
    lifecycle.onClose('models', models.stop)

    const { meters, backups: backupMeters, expose } = createPromMeters(build)
    const { messenger, account, api } = openMessenger(config, {
      ...{ store: shared.tokenStore, facts: stores.facts, meters, clock, log },
    })
    lifecycle.onClose('account', account.stop)
    const { texts } = files
    const plainText = createPlainText()
    const partsOf = (turn: Turn) => partsOfTurn(turn, texts, config.AI_LABEL, plainText)
    const pageIsOpen = isOpenToUsers(config)
    const links = createAnswerLinks({ secrets, publicUrl, clock, areOpen: pageIsOpen })
    const refuse = createRefuse({ refusals: stores.refusals, meters, ids, clock, log })
    const seal = createOwnKeySeal(secrets, randomBytes)
    const common = { turns, deliveries, queue, feed, messenger, links, partsOf, texts, meters, clock, log }

    const giveFreeCalls = createGiveFreeCalls({
      ...{ ledger, trialCalls: config.TRIAL_CALLS, dailyCalls: config.DAILY_CALLS },
    })
    const cardKeys = createCardKeys(secrets)
    const redeem = createRedeemCard({ cardKeys, cards: stores.cards, tries: limits, clock })
    const secretsIn = createSecretsInText((key) => cardKeys.open(key).ok)
    const ask = createAsk({
      turns,
      deliveries,
      queue,
      ids,
      log,
      refuse,
      secrets: secretsIn,
      texts,
      hasDailyCalls: config.DAILY_CALLS > 0,
      mergeWithinMs: () => config.MERGE_WITHIN_MS ?? (messenger.mayPush() ? MERGE_WITHIN_MS : 0),
    })
    const { login, codes, loginNotices, stop } = openLogin(config, {
      stores,
      secret: secrets.current,
      limits,
      api,
      account,
      messenger,
      accountQrUrl: () => accountPicture(config, publicFiles, publicUrl),
      texts,
      meters,
      ids,
      random,
      clock,
      log,
    })
    lifecycle.onClose('logins', stop)
    const redeemForUser = createRedeemForUser({ redeem, ledger, giveFreeCalls, personHash, refuse })
    const bindWithin = (timeoutMs: number) =>
      createBindOwnKey({ models, seal, ownKeys, tries: limits, personHash, clock, timeoutMs })
    const countTokens = createTokenCounter()
    const rulebook = openRulebook({
      config,
      users,
      turns,
      deliveries,
      ledger,
      ownKeys,
      models,
      limits,
      personHash,
      files,
      ask,
      bind: bindWithin(TRY_KEY_MS),
      erase: stores.erase,
      giveFreeCalls,
      redeemForUser,
      refuse,
      countTokens,
      secrets: secretsIn,
      codes,
      tickets: login.tickets,
      sessions: login.sessions,
      loginNotices,
      page: publicUrl,
      pageIsOpen,
    })
    const page = openPage({
      ...common,
      stores,
      models,
      rulebook,
      personHash,
      giveFreeCalls,
      redeemForUser,
      refuse,
      secrets: secretsIn,
      bind: bindWithin(TRY_KEY_ON_PAGE_MS),
      enqueue: createEnqueue(common),
      ids,
    })
    const trunk = createTrunk({
      ...common,
      loginNotices,
      inbox: stores.inbox,
      rulebook: rulebook.receive,
      spentRulebook: rulebook.receiveSpent,
    })
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

    const backups = openBackupSchedule(config, { meters: backupMeters, clock, log })
    /** Begins to answer turns; only the worker's libraries are loaded here. */
    const startWorking = async () => {
      // A worker needs it soon: not with the first question.
      await import('./infra/llm/openai-channel.ts')
      const answer = createAnswerTurn({
        ...{ ...common, ids, refuse, matcher: files.matcher },
        openModel: createOpenModel({ models, ownKeys, seal }),
        countTokens,
        turnTimeoutMs: config.TURN_TIMEOUT_MS,
      })
      const push = createPushAnswer({ ...common, users, pushes: stores.pushes, random })
      await queue.work(createWorkOnTurn({ ...common, answer, push }), config.WORKER_CONCURRENCY)
      const { elections, retention } = stores
      const keeping = { turnsMs: config.KEEP_TURNS, auditMs: config.KEEP_AUDIT }
      const upkeep = createUpkeep(
        [
          // First: what the next ones remove is written down.
          { name: 'journal', work: createJournalChore(config, { ...stores, clock }) },
          { name: 'tidy', work: createTidy({ ...stores, clock, log }) },
          { name: 'retention', work: createRetain({ retention, keeping, clock, log }) },
          { name: 'backup', work: backups.tick },
        ],
        { clock, log },
      )
      lifecycle.onClose('backup', backups.stop)
      const sweep = createSweep({ ...common, elections, tidy: upkeep, holder: ids.next('trc') })
      lifecycle.onClose('sweep', sweep.stop)
      sweep.start()
      shared.whenQueueIsBack(sweep.queueIsBack)
    }

    return {
      config,
      build,
      log,
      clock,
      ids,
      trunk,
      callback,
      links,
      /** Ways for a browser to become a user's. */
      login,
      page,
      limits,
      /** By what limits count a person. */
      limitKey: personHash.limitKey,
      publicUrl,
      /** What the operator shows to everybody at the root. */
      publicFiles,
      findAnswer: createFindAnswer({ turns, clock }),
      meters,
      /** Everything counted, in Prometheus's text format. */
      exposeMetrics: expose,
      /** Finds out in the background what the account may do; wants the service to be reachable in the sandbox. */
      learnAccount: account.start,
      /** Asks WeChat again what the account may do. */
      probeAccount: account.probe,
      startWorking,
      readyChecks: [
        { name: 'database', check: async () => knex.raw('select 1') },
        ...(shared.ping ? [{ name: 'redis', check: shared.ping }] : []),
        ...(config.ROLE === 'api' || config.BACKUP_EVERY === 0 ? [] : [backupCheck(backups)]),
      ],
      onClose: lifecycle.onClose,
      close: lifecycle.close,
    }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}
