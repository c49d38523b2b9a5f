import type { Knex } from 'knex'

export const step = 'expand'

export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('turns', (table) => {
    // Asked on the page, which reads the answer itself; else in WeChat, where it has to be delivered.
    table.boolean('on_page').notNullable().defaultTo(false)
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('turns', (table) => {
    table.dropColumns('on_page')
  })
}
