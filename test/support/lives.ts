import { setTimeout as pause } from 'node:timers/promises'
import { createIds } from '../../src/base/ids.ts'
import { shanghaiDay, startOfShanghaiDay } from '../../src/base/shanghai-day.ts'
import { exportData } from '../../src/conversation/export-data.ts'
import { createFindAnswer } from '../../src/conversation/find-answer.ts'
import { createFollowAnswer } from '../../src/conversation/follow-answer.ts'
import type { SendResult } from '../../src/conversation/messenger.ts'
import { createRetain } from '../../src/conversation/retention.ts'
import { createTidy } from '../../src/conversation/tidy.ts'
import { isFinished } from '../../src/conversation/turn.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { createMatcher } from '../../src/words/matcher.ts'
import { openMemoryApp } from './memory-app.ts'

const DAY_MS = 86_400_000

/** What the model says before somebody has had the time to do something about it, and after. */
export const SAYINGS = {
  well: ['甲', '乙'],
  long: ['甲', '长的回答。'.repeat(400)],
  'a blocked word at its end': ['甲', '然后是禁词'],
  'a blocked word at once': ['', '禁词在前'],
  nothing: ['', ' '],
  'a stray end of thinking': ['甲', '\n</think>\n'],
  'half of it': ['甲', 'breaks off'],
  'no end': ['', 'never'],
  'no beginning': ['fails', ''],
} as const

export type Reading = 'stream' | 'history' | 'export' | 'link'
export type Leaving = 'delete' | 'unfollow' | 'forget'
export type Ask = {
  act: 'ask'
  via: 'page' | 'wechat'
  says: keyof typeof SAYINGS
  meanwhile: (Reading | Leaving | 'stop' | 'crash')[]
  push: SendResult[]
}
export type Act =
  | Ask
  | { act: Reading | Leaving | '继续' | 'midnight' | 'nine days' | 'nine days, eight of which are kept' }

export type Asked = { id: string; mark: string; reachedModel: boolean; seen: boolean }

/** One service and one worker, in which people live one after the other, and what each of them saw. */
export const openLives = async (engine: Engine) => {
  const app = await openMemoryApp(engine)
  const { clock, stores, knex, state } = app
  const { conversations, users, turns, deliveries } = stores
  state.words = createMatcher([{ text: '禁词', line: 1, act: 'block' }])
  const log = { error() {}, warn() {}, info() {}, debug() {} }
  const ids = createIds(clock.now)
  const parts = { conversations, turns: app.turns, feed: app.feed, clock, log }
  const [follow, findAnswer] = [createFollowAnswer(parts), createFindAnswer(parts)]
  const tidy = createTidy({ ...stores, clock, log })
  const keeping = { turnsMs: 8 * DAY_MS, auditMs: undefined }
  const retain = createRetain({ retention: stores.retention, keeping, clock, log })
  let people = 0
  let questions = 0

  const live = async (acts: readonly Act[]) => {
    people += 1
    const person = { account: 'gh', openid: `o-life-${people}` }
    const asked: Asked[] = []
    const users_ = new Set<string>()
    const somebody = async () => {
      const user = await users.ensure(person, clock.now())
      users_.add(user.id)
      const { remaining } = await stores.ledger.balance(user.id, clock.now())
      if (remaining > 5) return user
      const gift = { userId: user.id, kind: 'card', calls: 50, expiresAt: undefined, reason: 'test' } as const
      await stores.ledger.give({ ...gift, source: `life:${ids.next('trc')}` }, clock.now())
      return user
    }
    /** The person reads this. */
    const sees = (text: string | undefined) => {
      for (const each of asked) if (text?.includes(each.mark)) each.seen = true
    }
    const { sendText } = app.messenger
    app.messenger.sendText = async (openid, text) => {
      const result = await sendText(openid, text)
      // What is perhaps on the phone is taken for read.
      if (result.ok || result.next === 'unsure') sees(text)
      return result
    }
    /** Lets time pass until it has happened. */
    const passTime = async (happening: Promise<unknown>) => {
      let isOver = false
      void happening.finally(() => {
        isOver = true
      })
      while (!isOver) {
        await pause(1)
        if (!isOver) await clock.advance(500)
      }
    }

    const read: { [way in Reading]: () => Promise<void> } = {
      async stream() {
        const user = await somebody()
        const last = asked.at(-1)
        const head = last && (await conversations.findTurn(user.id, last.id))
        if (!head) return
        const hangUp = new AbortController()
        const patience = setTimeout(() => hangUp.abort(), 150)
        for await (const event of follow(head, undefined, hangUp.signal)) {
          sees(event.type === 'delta' ? event.text : undefined)
          if (event.type === 'delta') break
        }
        clearTimeout(patience)
      },
      async history() {
        const user = await somebody()
        const found = await conversations.turns(user.id, user.conversationId, { limit: 100 }, clock.now())
        for (const { answer } of found) sees(answer)
      },
      async export() {
        const user = await somebody()
        for await (const piece of exportData(stores, user.id, clock.now())) sees(piece)
      },
      async link() {
        for (const { id } of asked) sees((await findAnswer(id))?.answer)
      },
    }
    const leave: { [how in Leaving]: () => Promise<unknown> } = {
      async delete() {
        const user = await somebody()
        return conversations.remove(user.id, user.conversationId, clock.now())
      },
      unfollow: async () => stores.erase(await somebody(), 'left', clock.now()),
      forget: async () => stores.erase(await somebody(), 'forgotten', clock.now()),
    }

    /** Whatever a sweep would hand to a worker, until nothing of theirs is on its way. */
    const workOff = async () => {
      for (let rounds = 0; rounds < 40; rounds += 1) {
        const known = asked.map(({ id }) => id)
        const unfinished = await knex('turns')
          .whereIn('id', known)
          .whereNotIn('status', ['answered', 'failed'])
        const waiting = await knex('deliveries')
          .whereIn('turn_id', known)
          .whereIn('status', ['pending', 'late', 'pushing'])
        const left = new Set([...unfinished.map(({ id }) => id), ...waiting.map(({ turn_id }) => turn_id)])
        if (left.size === 0) return
        await clock.advance(31_000)
        for (const id of [...left].toSorted()) await passTime(app.work(id).catch(() => {}))
      }
      throw new Error('something is on its way for ever')
    }

    const ask = async ({ via, says, meanwhile, push }: Ask) => {
      const user = await somebody()
      questions += 1
      const one: Asked = { id: ids.next('trn'), mark: `〔${questions}〕`, reachedModel: false, seen: false }
      app.results.splice(0, Number.POSITIVE_INFINITY, ...push)
      let goOn = () => {}
      let reached = () => {}
      const gate = new Promise<void>((resolve) => {
        goOn = resolve
      })
      const atModel = new Promise<void>((resolve) => {
        reached = resolve
      })
      app.setModel(async function* (signal) {
        one.reachedModel = true
        const [first, then] = SAYINGS[says]
        if (first === 'fails') throw new Error('no model today')
        if (first !== '') yield { type: 'text', text: `${one.mark}${first}` }
        reached()
        const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        await Promise.race(then === 'never' ? [stopped] : [gate, stopped])
        if (signal.aborted) return
        if (then === 'breaks off') throw new Error('broke off')
        yield { type: 'text', text: then }
      })
      const onPage = via === 'page'
      const incoming = app.incoming({ person, onPage, doorClosesAt: clock.now() })
      if (!onPage) {
        await stores.inbox.open(incoming)
        await users.acted(user.id, 'message', clock.now())
        await deliveries.release(user.id, clock.now())
      }
      asked.push(one)
      const begun = await turns.begin({
        ...{ id: one.id, userId: user.id, conversationId: user.conversationId, question: '问', incoming },
        ...{ cost: { model: 'm', price: 1, ownKey: false }, maxWaiting: 3 },
      })
      if (!begun.ok) throw new Error(begun.reason)
      const { end } = app.turns
      if (meanwhile.includes('crash'))
        app.turns.end = async () => {
          app.turns.end = end
          throw new Error('killed')
        }
      const working = app.work(one.id).catch(() => {})
      await Promise.race([atModel, working])
      for (const each of meanwhile) {
        const here = (await users.find(person))?.id
        if (each === 'stop') await turns.requestStop(here ?? '', one.id)
        else if (each in read) await read[each as Reading]()
        else if (each in leave) await leave[each as Leaving]()
      }
      goOn()
      await passTime(working)
      app.turns.end = end
      await workOff()
    }

    for (const each of acts) {
      if (each.act === 'ask') await ask(each)
      else if (each.act === 'midnight')
        await clock.advance(startOfShanghaiDay(shanghaiDay(clock.now()) + 1) - clock.now())
      else if (each.act === 'nine days') {
        await clock.advance(9 * DAY_MS)
        await tidy()
      } else if (each.act === 'nine days, eight of which are kept') {
        await clock.advance(9 * DAY_MS)
        await tidy()
        await retain()
      } else if (each.act === '继续') {
        const user = await somebody()
        const id = await deliveries.nextHeld(user.id)
        if (id === undefined || !isFinished(await turns.find(id))) continue
        const reply = await app.trunk.receive(app.incoming({ person, said: { kind: 'text', text: '继续' } }))
        sees(reply.kind === 'text' ? reply.text : undefined)
      } else if (each.act in read) await read[each.act as Reading]()
      else await leave[each.act as Leaving]()
    }
    await workOff()
    app.messenger.sendText = sendText
    return { asked, userIds: [...users_] }
  }

  return { app, live }
}
