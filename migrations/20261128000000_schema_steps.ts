import type { Knex } from 'knex'

export const step = 'expand'

/** What each migration is to a program that does not know it; filled by whoever migrates. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('schema_steps', (table) => {
    if (knex.client.config.client === 'mysql2') {
      table.charset('utf8mb4')
      table.collate('utf8mb4_bin')
    }
    table.string('name', 200).primary()
    // The earlier migration that a program has to know. Null: none.
    table.string('contract_of', 200)
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('schema_steps')
}
