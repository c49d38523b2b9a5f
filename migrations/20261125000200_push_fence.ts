import type { Knex } from 'knex'

export const step = 'expand'

/** Counts who took a delivery for pushing: it fences off a pusher whose lease ran out. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('deliveries', (table) => {
    table.integer('push_attempt').notNullable().defaultTo(0)
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('deliveries', (table) => {
    table.dropColumn('push_attempt')
  })
}
