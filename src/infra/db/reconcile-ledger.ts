import type { Knex } from 'knex'
import { type Difference, EFFECTS, type EntryKind, type Stray } from '../../quota/ledger.ts'
import { UNFINISHED } from './knex-turn-line.ts'
import { close } from './ledger-rows.ts'
import { transact } from './transact.ts'

type DifferenceRow = {
  id: string
  user_id: string
  left_calls: number
  held_calls: number
  left_sum: number | string | null
  held_sum: number | string | null
}

/** Grants whose figures are not what their entries add up to, as one statement sees them. */
export const findDifferences = async (knex: Knex): Promise<Difference[]> => {
  const sums = knex('ledger_entries')
    .groupBy('grant_id')
    .select('grant_id', sumOf(knex, 'left'), sumOf(knex, 'held'))
    .as('sums')
  const rows = await knex('grants')
    .leftJoin(sums, 'sums.grant_id', 'grants.id')
    .whereRaw('left_calls <> coalesce(left_sum, 0) or held_calls <> coalesce(held_sum, 0)')
    .orderBy('grants.id')
    .select<DifferenceRow[]>('id', 'user_id', 'left_calls', 'held_calls', 'left_sum', 'held_sum')
  return rows.map((row) => ({
    grantId: row.id,
    userId: row.user_id,
    left: { was: row.left_calls, is: Number(row.left_sum ?? 0) },
    held: { was: row.held_calls, is: Number(row.held_sum ?? 0) },
  }))
}

/** What the entries of a grant add up to, by their effect on what is left, or held. */
const sumOf = (knex: Knex, figure: 'left' | 'held'): Knex.Raw => {
  const kinds = Object.entries(EFFECTS).filter(([, effect]) => effect[figure] !== 0)
  const cases = kinds.map(([kind, effect]) => `when '${kind}' then ${effect[figure]} * calls`).join(' ')
  return knex.raw(`sum(case kind ${cases} else 0 end) as ??`, [`${figure}_sum`])
}

/** Condition: nobody has changed the figures since they were read; entries are the truth, the figures follow. */
export const mendDifference = async (knex: Knex, { grantId, left, held }: Difference): Promise<boolean> =>
  (await knex('grants')
    .where({ id: grantId, left_calls: left.was, held_calls: held.was })
    .update({ left_calls: left.is, held_calls: held.is })) > 0

const OPEN = openCalls('ledger_entries.')

/** Reservations of turns that are gone or finished, which nobody will settle or release any more. */
export const findStrays = async (knex: Knex): Promise<Stray[]> => {
  const rows = await knex('ledger_entries')
    .leftJoin('turns', 'turns.id', 'ledger_entries.turn_id')
    .whereNotNull('ledger_entries.turn_id')
    .where((gone) => gone.whereNull('turns.id').orWhereNotIn('turns.status', UNFINISHED))
    .groupBy('ledger_entries.turn_id', 'ledger_entries.user_id')
    .having(knex.raw(OPEN), '>', 0)
    .select<{ turn_id: string; user_id: string; open: number | string }[]>(
      'ledger_entries.turn_id',
      'ledger_entries.user_id',
      knex.raw(`${OPEN} as open`),
    )
  return rows.map((row) => ({ turnId: row.turn_id, userId: row.user_id, calls: Number(row.open) }))
}

function openCalls(prefix = ''): string {
  const sign: Partial<Record<EntryKind, number>> = { reserve: 1, settle: -1, release: -1 }
  const cases = Object.entries(sign).map(([kind, each]) => `when '${kind}' then ${each} * ${prefix}calls`)
  return `sum(case ${prefix}kind ${cases.join(' ')} else 0 end)`
}

/** Of several who would release it, those who come later find it released: they have waited for its grants' rows. */
export const releaseStray = (knex: Knex, { turnId }: Stray, now: number): Promise<void> =>
  transact(knex, async (trx) => {
    const grants = trx('ledger_entries').where({ turn_id: turnId, kind: 'reserve' }).select('grant_id')
    await trx('grants')
      .whereIn('id', grants)
      .update({ held_calls: trx.ref('held_calls') })
    const row = await trx('ledger_entries')
      .where({ turn_id: turnId })
      .first(trx.raw(`${openCalls()} as open`))
    if (Number(row?.open ?? 0) > 0) await close(trx, turnId, 'release', 'reconciled: nobody works on it', now)
  })
