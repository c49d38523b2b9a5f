import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createMemoryTokenStore } from '../../src/infra/cache/memory-token-store.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { createAccessToken } from '../../src/wechat/access-token.ts'
import { type AccountAbilities, type AccountParts, createAccountAbilities } from '../../src/wechat/account.ts'
import type { AccountFacts, Facts } from '../../src/wechat/account-facts.ts'
import { createWechatApi } from '../../src/wechat/api.ts'
import { type LogLine, logTo } from '../support/log-to.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const T0 = 1_790_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TOKEN = '/cgi-bin/stable_token'
const TYPING = '/cgi-bin/message/custom/typing'

const memoryFacts = (): AccountFacts & { all: Map<string, Facts>; broken: boolean } => {
  const all = new Map<string, Facts>()
  const facts = {
    all,
    broken: false,
    async read(appId: string) {
      if (facts.broken) throw new Error('the database is away')
      return all.get(appId)
    },
    async write(appId: string, found: Facts) {
      if (facts.broken) throw new Error('the database is away')
      all.set(appId, found)
    },
  }
  return facts
}

describe('what an account may do', () => {
  let weixin: SandboxServer
  let clock: ManualClock
  let facts: ReturnType<typeof memoryFacts>
  let lines: LogLine[]
  let opened: AccountAbilities[]

  beforeEach(async () => {
    weixin = await startSandboxServer()
    clock = createManualClock(T0)
    facts = memoryFacts()
    opened = []
    lines = []
  })
  afterEach(async () => {
    for (const abilities of opened) await abilities.stop()
    await weixin.close()
  })

  const open = (more: Partial<AccountParts> = {}, timeoutMs = 1000) => {
    const { appId, appSecret } = weixin.platform.account
    const { log, lines: written } = logTo()
    lines = written
    const each = { apiBase: weixin.apiBase, fetch, log, timeoutMs }
    const store = createMemoryTokenStore(clock)
    const accessToken = createAccessToken({ ...each, appId, appSecret, store, clock })
    const api = createWechatApi({ ...each, mpBase: weixin.mpBase, accessToken })
    const abilities = createAccountAbilities({
      ...{ setting: 'auto', appId, hasSecret: true, api, facts, clock, log, ...more },
    })
    opened.push(abilities)
    return abilities
  }
  const may = (abilities: AccountAbilities) => [abilities.mayPush(), abilities.maySceneQr()]
  const asked = (path = TYPING) =>
    weixin.platform.wire().filter(({ direction, what }) => direction === 'from-app' && what.endsWith(path))
      .length
  const known = () => facts.all.get(weixin.platform.account.appId)
  const remembered = (found: Facts) => facts.all.set(weixin.platform.account.appId, found)
  const warnings = () => lines.filter(({ level }) => level === 'warn')
  /** The background is asleep again. */
  const resting = () => until(() => clock.sleeping() > 0)
  const advance = async (ms: number) => {
    await clock.advance(ms)
    await resting()
  }

  describe('by an explicit setting', () => {
    test.each([
      ['service', [true, true]],
      ['verified', [true, false]],
      ['unverified', [false, false]],
    ] as const)('%s is believed without asking', async (setting, expected) => {
      weixin.platform.setKind(setting === 'unverified' ? 'service' : 'unverified')
      const abilities = open({ setting })
      await abilities.start()
      expect(may(abilities)).toEqual(expected)
      expect(asked(TOKEN)).toBe(0)
    })

    test('is doubted for an hour after a refusal, with one warning', async () => {
      const abilities = open({ setting: 'service' })
      abilities.contradicted('pushes')
      abilities.contradicted('pushes')
      expect(may(abilities)).toEqual([false, true])
      expect(warnings()).toMatchObject([{ fields: { hint: expect.stringContaining('WECHAT_ACCOUNT=auto') } }])
      await clock.advance(HOUR - 1)
      expect(abilities.mayPush()).toBe(false)
      await clock.advance(1)
      expect(abilities.mayPush()).toBe(true)
    })

    test('can still be checked against WeChat', async () => {
      weixin.platform.setKind('verified')
      const abilities = open({ setting: 'service' })
      expect(await abilities.probe()).toMatchObject({ ok: true, kind: 'verified' })
      expect(known()).toEqual({ pushes: true, sceneQr: false, probedAt: T0 })
      expect(may(abilities)).toEqual([true, true])
    })
  })

  test.each(['auto', 'service'] as const)('is nothing without an AppSecret (%s)', async (setting) => {
    const abilities = open({ setting, hasSecret: false })
    await abilities.start()
    expect(may(abilities)).toEqual([false, false])
    expect(await abilities.probe()).toMatchObject({ ok: false, hint: expect.stringContaining('APP_SECRET') })
    expect(asked(TOKEN)).toBe(0)
  })

  describe('found out', () => {
    test.each([
      ['service', [true, true]],
      ['verified', [true, false]],
      ['unverified', [false, false]],
    ] as const)('is asked once at the start, told and remembered: %s', async (kind, expected) => {
      weixin.platform.setKind(kind)
      const abilities = open()
      expect(may(abilities)).toEqual([true, false])
      await abilities.start()
      await until(() => known() !== undefined)
      await resting()
      expect(may(abilities)).toEqual(expected)
      expect(known()).toEqual({ pushes: expected[0], sceneQr: expected[1], probedAt: T0 })
      await advance(HOUR)
      expect(asked()).toBe(1)
      remembered({ pushes: expected[0], sceneQr: expected[1], probedAt: T0 + HOUR })
      await advance(MINUTE)
      expect(lines.filter(({ message }) => /is known/.test(message))).toMatchObject([
        { level: 'info', fields: { kind, since: new Date(T0).toISOString() } },
      ])
    })

    test('is remembered over a restart, without asking again for seven days', async () => {
      remembered({ pushes: false, sceneQr: false, probedAt: T0 })
      await clock.advance(7 * DAY - 1)
      const abilities = open()
      await abilities.start()
      expect(may(abilities)).toEqual([false, false])
      await resting()
      expect(asked()).toBe(0)
      await advance(1)
      await until(() => known()?.probedAt === T0 + 7 * DAY)
      expect(may(abilities)).toEqual([true, true])
    })

    test('is asked again when it is old, and believed until then', async () => {
      remembered({ pushes: false, sceneQr: false, probedAt: T0 - 8 * DAY })
      weixin.platform.failNext(TYPING, -1)
      const abilities = open()
      await abilities.start()
      expect(may(abilities)).toEqual([false, false])
      await resting()
      expect(may(abilities)).toEqual([false, false])
      await advance(5_000)
      await until(() => abilities.mayPush())
      expect(asked()).toBe(2)
    })

    test('is asked again with growing pauses while WeChat is out of reach, with one warning', async () => {
      weixin.platform.failNext(TOKEN, 'http-500', 12)
      const abilities = open()
      await abilities.start()
      await resting()
      const pauses: number[] = []
      let last = clock.now()
      while (known() === undefined) {
        const before = asked(TOKEN)
        await advance(1_000)
        if (asked(TOKEN) === before) continue
        pauses.push((clock.now() - last) / 1000)
        last = clock.now()
      }
      expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600])
      expect(warnings()).toMatchObject([{ fields: { reason: expect.stringContaining('HTTP 500') } }])
      expect(may(abilities)).toEqual([true, true])
    })

    test('survives a database that is away, at the start and later', async () => {
      facts.broken = true
      weixin.platform.setKind('verified')
      const abilities = open()
      await abilities.start()
      await until(() => asked() === 1 && clock.sleeping() > 0)
      expect(await abilities.probe()).toMatchObject({ ok: true, kind: 'verified' })
      expect(may(abilities)).toEqual([true, false])
    })

    test('starts and stops at once while WeChat says nothing', async () => {
      weixin.platform.failNext(TOKEN, 'timeout')
      const abilities = open({}, 60_000)
      const before = performance.now()
      await abilities.start()
      await abilities.stop()
      // Far from the minute that its call would be waited for.
      expect(performance.now() - before).toBeLessThan(5000)
    })

    test('is heard of from another process within a minute', async () => {
      remembered({ pushes: true, sceneQr: true, probedAt: T0 })
      const abilities = open()
      await abilities.start()
      remembered({ pushes: false, sceneQr: false, probedAt: T0 + 1 })
      await resting()
      await advance(MINUTE)
      expect(may(abilities)).toEqual([false, false])
      expect(asked()).toBe(0)
    })
  })

  describe('contradicted by a refusal', () => {
    const started = async () => {
      remembered({ pushes: true, sceneQr: true, probedAt: T0 })
      const abilities = open()
      await abilities.start()
      await resting()
      return abilities
    }

    test('flips at once, warns once with what to do, and is remembered', async () => {
      const abilities = await started()
      await clock.advance(1)
      abilities.contradicted('pushes')
      abilities.contradicted('pushes')
      expect(may(abilities)).toEqual([false, true])
      expect(warnings()).toMatchObject([
        { fields: { what: 'pushes', hint: expect.stringMatching(/verified.*doctor/) } },
      ])
      await until(() => known()?.pushes === false)
      expect(known()).toEqual({ pushes: false, sceneQr: true, probedAt: T0 + 1 })
    })

    test('flips when nothing was known yet', async () => {
      const abilities = open()
      abilities.contradicted('pushes')
      expect(may(abilities)).toEqual([false, false])
    })

    test('is asked again once an hour at most', async () => {
      const abilities = await started()
      abilities.contradicted('pushes')
      await advance(HOUR - 1)
      expect(asked()).toBe(0)
      await advance(MINUTE)
      await until(() => abilities.mayPush())
      expect(asked()).toBe(1)
      await resting()
      abilities.contradicted('pushes')
      abilities.contradicted('sceneQr')
      await advance(HOUR - 1)
      expect(asked()).toBe(1)
      expect(may(abilities)).toEqual([false, false])
      await advance(MINUTE)
      await until(() => asked() === 2 && abilities.maySceneQr())
    })

    test('beats an answer that was asked for before', async () => {
      const abilities = await started()
      const asking = abilities.probe()
      abilities.contradicted('pushes')
      expect(await asking).toMatchObject({ ok: true, pushes: true })
      expect(abilities.mayPush()).toBe(false)
      expect(known()).toMatchObject({ pushes: false })
    })
  })
})
