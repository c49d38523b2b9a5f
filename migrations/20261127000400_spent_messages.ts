import type { Knex } from 'knex'

export const step = 'expand'

/** Messages of people who have been erased since, by a keyed hash: 43 characters of base64url, compared byte by byte. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('spent_messages', (table) => {
    if (knex.client.config.client === 'mysql2') {
      table.charset('utf8mb4')
      table.collate('utf8mb4_bin')
    }
    table.string('message_hash', 43).primary()
    table.bigInteger('spent_at').notNullable()
    table.index(['spent_at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('spent_messages')
}
