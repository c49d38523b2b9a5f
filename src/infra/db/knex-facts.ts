import type { Knex } from 'knex'
import type { Fact, FactsSince } from '../../backup/journal/journal.ts'

type UseRow = { batch: number; serial: number; person_hash: string; redeemed_at: number }
type ErasureRow = { person_hash: string; erased_at: number; how: 'left' | 'forgotten' }

const PAGE = 1000

/** Redemptions and erasures, as the database knows them: the latter as long as `forgetErasures` leaves them. */
export const createKnexFactsSince = (knex: Knex): FactsSince =>
  async function* factsSince(from) {
    yield* redeemedSince(knex, from)
    yield* erasedSince(knex, from)
  }

async function* redeemedSince(knex: Knex, from: number): AsyncGenerator<Fact[]> {
  let last: UseRow | undefined
  for (;;) {
    const rows: UseRow[] = await knex('card_uses')
      .where('redeemed_at', '>=', last?.redeemed_at ?? from)
      .modify((query) => {
        if (!last) return
        const { redeemed_at, batch, serial } = last
        // What is before the last of the page, among those of its instant.
        query.whereNot((seen) =>
          seen
            .where({ redeemed_at })
            .where((before) =>
              before
                .where('batch', '<', batch)
                .orWhere((same) => same.where({ batch }).where('serial', '<=', serial)),
            ),
        )
      })
      .orderBy(['redeemed_at', 'batch', 'serial'])
      .limit(PAGE)
      .select('batch', 'serial', 'person_hash', 'redeemed_at')
    if (rows.length > 0)
      yield rows.map(({ batch, serial, person_hash, redeemed_at }) => ({
        kind: 'redeemed',
        at: redeemed_at,
        batch,
        serial,
        personHash: person_hash,
      }))
    last = rows.at(-1)
    if (rows.length < PAGE) return
  }
}

async function* erasedSince(knex: Knex, from: number): AsyncGenerator<Fact[]> {
  let last: ErasureRow | undefined
  for (;;) {
    const rows: ErasureRow[] = await knex('erasures')
      .where('erased_at', '>=', last?.erased_at ?? from)
      .modify((query) => {
        if (!last) return
        const { erased_at, person_hash } = last
        query.whereNot((seen) => seen.where({ erased_at }).where('person_hash', '<=', person_hash))
      })
      .orderBy(['erased_at', 'person_hash'])
      .limit(PAGE)
      .select('person_hash', 'erased_at', 'how')
    if (rows.length > 0)
      yield rows.map(({ person_hash, erased_at, how }) => ({
        kind: 'erased',
        at: erased_at,
        personHash: person_hash,
        how,
      }))
    last = rows.at(-1)
    if (rows.length < PAGE) return
  }
}

/** Erasures before `before`, at most `limit` at once: by then no backup is left that one could come back from. */
export const createForgetErasures =
  (knex: Knex) =>
  async (before: number, limit: number): Promise<void> => {
    const old = await knex('erasures')
      .where('erased_at', '<', before)
      .orderBy('erased_at')
      .limit(limit)
      .select<ErasureRow[]>('person_hash', 'erased_at')
    for (const { person_hash, erased_at } of old)
      await knex('erasures').where({ person_hash, erased_at }).delete()
  }
