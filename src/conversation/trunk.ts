import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type CarryParts, createCarry } from './carry.ts'
import { createConfirmReply } from './confirm-reply.ts'
import type { Inbox } from './inbox.ts'
import type { Incoming, Outcome, Reply } from './incoming.ts'
import { PART_MAX_BYTES } from './message-sizes.ts'
import { byteLength } from './split-text.ts'
import type { Texts } from './texts.ts'

export type TrunkParts = Omit<CarryParts, 'texts'> & {
  texts: CarryParts['texts'] & Pick<Texts, 'dataKept'>
  inbox: Inbox
  rulebook: (incoming: Incoming) => Promise<Outcome>
  /** For a message of somebody who has been erased since: words alone, nothing may come of it. */
  spentRulebook: (incoming: Incoming) => Promise<Outcome>
  clock: Clock
  log: Log
}

/** WeChat repeats a message within 15 seconds. What comes later is a replay, and a command must not be done again. */
const REPEATS_FOR_MS = 120_000

/** One message from the door to its reply: open or rejoin, rules, then wait for the answer until the door closes. */
export const createTrunk = (parts: TrunkParts) => {
  const { inbox } = parts
  const carry = createCarry(parts)
  const confirm = createConfirmReply(parts)
  const deciding = new Map<string, Promise<Outcome>>()

  /** A retry that arrives while its twin is still being decided shares the twin's decision. */
  const decideOnce = (key: string, decide: () => Promise<Outcome>): Promise<Outcome> => {
    const running = deciding.get(key)
    if (running) return running
    const decision = decide().finally(() => deciding.delete(key))
    deciding.set(key, decision)
    return decision
  }

  const receive = async (incoming: Incoming): Promise<Reply> => {
    const key = `${incoming.person.account}\n${incoming.person.openid}\n${incoming.messageKey}`
    const opened = await inbox.open(incoming)
    if ('isSpent' in opened) {
      parts.log.info({}, 'a message of somebody who has been erased came again')
      return said(await parts.spentRulebook(incoming))
    }
    if (!opened.isNew && incoming.receivedAt - opened.firstAt > REPEATS_FOR_MS) {
      parts.log.warn({ turnId: opened.turnId }, 'a message came again long after it was sent')
      return { kind: 'none' }
    }
    if (!opened.isNew && opened.reply !== undefined) {
      if (opened.turnId !== undefined) confirm(opened.turnId, incoming.gone)
      return withNote({ kind: 'text', text: opened.reply }, opened.hasKeptData)
    }
    // A known message without a turn was a command, or its process died before the turn was committed: rules may
    // run twice for one message, and the turn's own unique key keeps a question single.
    const known = opened.isNew ? undefined : opened.turnId
    const outcome: Outcome = known
      ? { kind: 'more', turnId: known }
      : await decideOnce(key, () => parts.rulebook(opened.isNew ? incoming : asFirst(incoming, opened)))
    const hasKeptData = outcome.hasKeptData === true || (!opened.isNew && opened.hasKeptData)
    return outcome.kind === 'question' || outcome.kind === 'more'
      ? withNote(await carry(outcome, incoming, opened), hasKeptData)
      : withNote(said(outcome), hasKeptData)
  }

  /** Whoever did not confirm an erasure is told so, with whatever the reply is; an answer that is pushed comes after it. */
  const withNote = (reply: Reply, hasKeptData: boolean): Reply => {
    if (!hasKeptData || reply.kind === 'hang') return reply
    const note = parts.texts.dataKept
    if (reply.kind === 'none') return { kind: 'text', text: note }
    const text = `${note}\n\n${reply.text}`
    return byteLength(text) <= PART_MAX_BYTES ? { kind: 'text', text } : reply
  }

  return { receive }
}

/** Something was said when it came first, whichever arrival it is worked on for. */
const asFirst = (
  incoming: Incoming,
  { firstAt, hasKeptData }: { firstAt: number; hasKeptData: boolean },
): Incoming => ({ ...incoming, receivedAt: firstAt, hasKeptData })

const said = (outcome: Outcome): Reply =>
  outcome.kind === 'say' ? { kind: 'text', text: outcome.text } : { kind: 'none' }

export type Trunk = ReturnType<typeof createTrunk>
