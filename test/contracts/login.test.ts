import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { newBrowser } from '../../src/identity/browser.ts'
import { createGuessGate } from '../../src/identity/guess-gate.ts'
import { createLoginCodes } from '../../src/identity/login-codes.ts'
import { createLoginTickets } from '../../src/identity/login-tickets.ts'
import { createSessions } from '../../src/identity/sessions.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { engines } from '../support/databases.ts'
import { DAY_MS, HASH, T0, useLoginStores } from '../support/login-stores.ts'

describe.each(engines)('logins on %s', (engine) => {
  const { ids, stores, knex, somebody } = useLoginStores(engine)

  describe('the gate for guesses', () => {
    test('lets one of many in, however many processes ask at once, and the next a second later', async () => {
      let now = T0
      const gates = Array.from({ length: 10 }, () =>
        createGuessGate({
          store: stores().loginGate,
          // Whoever has to wait gives up.
          clock: { now: () => now, sleep: () => Promise.reject(new Error('waits')) },
          random: () => 0,
        }),
      )
      const letIn = async () => {
        const turns = await Promise.allSettled(gates.map((gate) => gate.enter()))
        return turns.filter((turn) => turn.status === 'fulfilled' && turn.value.ok).length
      }
      expect(await letIn()).toBe(1)
      now += 999
      expect(await letIn()).toBe(0)
      now += 1
      expect(await letIn()).toBe(1)
    })
  })

  describe('authorizations', () => {
    test('come back once, to the browser that asked, until they end', async () => {
      const { oauthStates } = stores()
      const state = { stateHash: 's'.repeat(43), browserHash: HASH, expiresAt: T0 + 1000 }
      await oauthStates.add(state)
      expect(await oauthStates.use(state.stateHash, 'x'.repeat(43), T0)).toBe(false)
      expect(await oauthStates.use(state.stateHash, HASH, T0 + 1000)).toBe(false)
      const uses = Array.from({ length: 10 }, () => oauthStates.use(state.stateHash, HASH, T0 + 999))
      expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1)
    })
  })

  test('what has expired is forgotten, a bounded amount at a time', async () => {
    const { forgetLogins, oauthStates, ...kept } = stores()
    const counted = async () => {
      const tables = ['sessions', 'login_tickets', 'login_codes', 'oauth_states']
      const rows = await Promise.all(tables.map((table) => knex()(table).count({ n: '*' })))
      return rows.map(([row]) => Number(row?.n))
    }
    await knex()('oauth_states').delete()
    const { id: userId } = await somebody()
    const clock = { now: () => T0 }
    await createSessions({ store: kept.sessions, ids, randomBytes }).open(
      userId,
      { userAgent: '', browserHash: HASH, replaces: undefined },
      T0,
    )
    const codes = createLoginCodes({ secret: randomBytes(32), store: kept.loginCodes, clock })
    await codes.issue({ userId, cause: 'm:1', browserHash: undefined })
    await createLoginTickets({
      store: kept.loginTickets,
      makeSceneQr: async () => undefined,
      accountQrUrl: async () => undefined,
      tries: createMemoryRateLimits(),
      randomBytes,
      clock,
    }).open({ browser: newBrowser(randomBytes), ip: '1.2.3.4', userAgent: '' })
    for (let each = 0; each < 3; each += 1)
      await oauthStates.add({ stateHash: `${each}`.repeat(43), browserHash: HASH, expiresAt: T0 + each })
    await forgetLogins(T0, 1)
    expect(await counted()).toEqual([1, 1, 1, 2])
    await forgetLogins(T0 + 400 * DAY_MS, 10_000)
    expect(await counted()).toEqual([0, 0, 0, 0])
  })
})
