import type { Knex } from 'knex'

export const step = 'expand'

/** What a backup of before does not know: who was erased since, by a keyed hash, and which cards were used since. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('erasures', (table) => {
    // Hashes are compared byte by byte: MySQL's default collation takes no notice of case.
    if (knex.client.config.client === 'mysql2') {
      table.charset('utf8mb4')
      table.collate('utf8mb4_bin')
    }
    table.string('person_hash', 43).notNullable()
    table.bigInteger('erased_at').notNullable()
    // left: they unfollowed · forgotten: they asked for it.
    table.string('how', 16).notNullable()
    table.primary(['person_hash', 'erased_at'])
    table.index(['erased_at'])
  })
  await knex.schema.alterTable('card_uses', (table) => {
    table.index(['redeemed_at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('card_uses', (table) => {
    table.dropIndex(['redeemed_at'])
  })
  await knex.schema.dropTable('erasures')
}
