import type { Known } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** Whom the operator has blocked is told so, and nothing else. */
export const blocked = <I extends Known>(parts: { refuse: Refuse; texts: Pick<Texts, 'blocked'> }): Rule<I> =>
  async function blocked({ user }, next) {
    if (!user.blocked) return next()
    const refusal = await parts.refuse('blocked', user.id, {})
    return { kind: 'say', text: parts.texts.blocked(refusal.code), refusal }
  }
