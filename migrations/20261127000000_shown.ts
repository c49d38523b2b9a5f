import type { Knex } from 'knex'

/** Programs that do not know it charge by their own rules, and note of no answer that it was shown. */
export const step = 'expand'

/** Hashes are compared byte by byte: MySQL's default collation takes no notice of case. */
const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

/** When the person was first shown words of an answer, and how often a day somebody's question ended for nothing. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('turns', (table) => {
    table.bigInteger('shown_at')
  })
  await knex.schema.createTable('free_ends', (table) => {
    compareBytes(knex, table)
    // As in departed_users: it outlives the user, and leads to nobody.
    table.string('person_hash', 43).notNullable()
    // In Shanghai, days since 1970-01-01.
    table.integer('day').notNullable()
    table.integer('ends').notNullable()
    table.primary(['person_hash', 'day'])
    table.index(['day'])
  })
  // What was on the page, has been carried to a phone or was given back already: nothing about it is to change.
  const carried = knex('deliveries').select('turn_id').where('parts_sent', '>', 0)
  await knex('turns')
    .where({ status: 'answered' })
    .where((seen) => seen.where({ on_page: true }).orWhere({ charged: false }).orWhereIn('id', carried))
    .update({ shown_at: knex.raw('coalesce(ended_at, created_at)') })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('free_ends')
  await knex.schema.alterTable('turns', (table) => {
    table.dropColumn('shown_at')
  })
}
