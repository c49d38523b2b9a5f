import type { Knex } from 'knex'

export const step = 'expand'

/** Messages are forgotten by age. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('inbound_messages', (table) => {
    table.index(['received_at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('inbound_messages', (table) => {
    table.dropIndex(['received_at'])
  })
}
