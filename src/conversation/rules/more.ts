import { isCommand } from '../command-words.ts'
import type { Deliveries } from '../delivery.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** 继续: the next part of an answer the user has not seen all of; waits for one that is still being written. */
export const more = (parts: {
  deliveries: Pick<Deliveries, 'nextHeld'>
  texts: Pick<Texts, 'nothingHeld'>
}): Rule<Known> =>
  async function more({ said, user }, next) {
    if (!isCommand(said, ['继续', '繼續', 'more'], 'MORE')) return next()
    const turnId = await parts.deliveries.nextHeld(user.id)
    return turnId ? { kind: 'more', turnId } : { kind: 'say', text: parts.texts.nothingHeld }
  }
