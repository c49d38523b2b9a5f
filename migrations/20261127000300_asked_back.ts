import type { Knex } from 'knex'

export const step = 'expand'

export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('users', (table) => {
    // A short text that may have been meant as a command: sent again, it is a question.
    table.string('asked_back_text', 64).nullable()
    table.string('asked_back_by', 64).nullable()
    table.bigInteger('asked_back_at').nullable()
  })
  await knex.schema.alterTable('inbound_messages', (table) => {
    // It came while an erasure waited to be confirmed, and was no confirmation: the data is kept, which is said.
    table.boolean('kept_data').notNullable().defaultTo(false)
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('inbound_messages', (table) => {
    table.dropColumns('kept_data')
  })
  await knex.schema.alterTable('users', (table) => {
    table.dropColumns('asked_back_text', 'asked_back_by', 'asked_back_at')
  })
}
