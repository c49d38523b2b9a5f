import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { shanghaiTime } from '../base/shanghai-day.ts'
import { deviceOf } from '../identity/device-of.ts'
import type { Session, Sessions } from '../identity/sessions.ts'
import type { Users } from '../identity/user.ts'
import { PUSH_GRANTS, pushesLeft } from './allowance.ts'
import { PART_MAX_BYTES } from './message-sizes.ts'
import type { Messenger } from './messenger.ts'
import type { PushLedger } from './push-ledger.ts'
import { byteLength } from './split-text.ts'
import type { Texts } from './texts.ts'
import type { Turns } from './turn.ts'

/** Tells a person in WeChat which browsers have logged in as them. */
export type LoginNotices = {
  /** Pushes word of a login, where that takes nothing from answers; else `after` has it. A second at most, never rejects. */
  push(session: Session): Promise<void>
  /**
   * The words of a reply, and below them what was not told yet, as far as there is room. `told` once they are out.
   */
  after(text: string, userId: string): Promise<{ text: string; told(): Promise<void> }>
}

const PUSH_WITHIN_MS = 1000
/** So many of WeChat's messages stay for an answer that is on its way; the next question brings new ones. */
const KEEP_FOR_ANSWERS = 3
/** Of an account that did not write for so long nobody need hear of each. */
const MAX_TOLD = 3

export const createLoginNotices = (parts: {
  sessions: Pick<Sessions, 'untold' | 'told'>
  users: Pick<Users, 'findById'>
  turns: Pick<Turns, 'frontOfLine'>
  pushes: Pick<PushLedger, 'history' | 'sent'>
  messenger: Pick<Messenger, 'mayPush' | 'sendText'>
  texts: Pick<Texts, 'loggedIn' | 'unknownDevice'>
  clock: Clock
  log: Log
}): LoginNotices => {
  const { sessions, pushes, messenger, texts, clock, log } = parts

  const wordsFor = (opened: readonly Session[]): string =>
    texts.loggedIn(
      opened
        .slice(0, MAX_TOLD)
        .map(
          ({ userAgent, createdAt }) =>
            `${deviceOf(userAgent) ?? texts.unknownDevice} ${shanghaiTime(createdAt)}`,
        )
        .join(', '),
    )

  const push = async (session: Session): Promise<void> => {
    if (!messenger.mayPush()) return
    const now = clock.now()
    const user = await parts.users.findById(session.userId)
    if (!user) return
    const history = await pushes.history(user.id, now - PUSH_GRANTS.message.windowMs)
    const isAwaited = (await parts.turns.frontOfLine(user.id)) !== undefined
    if (pushesLeft(history, now) <= (isAwaited ? KEEP_FOR_ANSWERS : 0)) return
    const sent = await messenger.sendText(user.openid, wordsFor([session]))
    if (!sent.ok) return
    await pushes.sent(user.id, clock.now())
    await sessions.told([session.id], clock.now())
  }

  return {
    async push(session) {
      const over = new AbortController()
      const pushed = push(session).catch((err) => log.warn({ err }, 'nobody was told of a login'))
      await Promise.race([pushed, clock.sleep(PUSH_WITHIN_MS, over.signal)])
      over.abort()
    },

    async after(text, userId) {
      const untold = await sessions.untold(userId, clock.now())
      const both = untold.length > 0 ? `${text}\n\n${wordsFor(untold)}` : text
      if (both === text || byteLength(both) > PART_MAX_BYTES) return { text, told: async () => {} }
      const ids = untold.map(({ id }) => id)
      return { text: both, told: () => sessions.told(ids, clock.now()) }
    },
  }
}
