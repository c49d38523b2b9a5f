import type { Knex } from 'knex'

export const step = 'expand'

/** AppIDs are compared byte by byte, as all ids are: MySQL's default collation takes no notice of case. */
const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('account_facts', (table) => {
    compareBytes(knex, table)
    table.string('app_id', 64).primary()
    table.boolean('pushes').notNullable()
    table.boolean('scene_qr').notNullable()
    table.bigInteger('probed_at').notNullable()
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('account_facts')
}
