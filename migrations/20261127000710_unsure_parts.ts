import type { Knex } from 'knex'

export const step = 'expand'

/** The part of an answer that may be out without WeChat having said so: it is sent once more at most. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('deliveries', (table) => {
    table.integer('unsure_part').notNullable().defaultTo(0)
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('deliveries', (table) => {
    table.dropColumn('unsure_part')
  })
}
