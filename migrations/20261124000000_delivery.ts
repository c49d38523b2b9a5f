import type { Knex } from 'knex'

export const step = 'expand'

const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('users', (table) => {
    // When the user last did what lets the account push: wrote (48 h), or tapped, followed, scanned (1 min).
    table.bigInteger('messaged_at').notNullable().defaultTo(0)
    table.bigInteger('tapped_at').notNullable().defaultTo(0)
    table.bigInteger('unreachable_at')
  })
  await knex.schema.alterTable('inbound_messages', (table) => {
    table.integer('attempts').notNullable().defaultTo(1)
    table.string('turn_id', 40)
    // What a callback answered with, where a retry must not work it out again.
    table.text('reply', 'mediumtext')
  })
  await knex.schema.alterTable('turns', (table) => {
    table.boolean('stop_requested').notNullable().defaultTo(false)
    table.boolean('charged').notNullable().defaultTo(false)
    table.string('ending', 16)
    table.index(['user_id', 'status'])
  })
  await knex.schema.alterTable('deliveries', (table) => {
    table.string('user_id', 40).notNullable().defaultTo('')
    table.string('hold_reason', 16)
    table.index(['user_id', 'status'])
  })
  const owner = knex('turns').select('user_id').whereRaw('turns.id = deliveries.turn_id')
  await knex('deliveries').update({ user_id: owner })
  await knex.schema.createTable('pushes', (table) => {
    compareBytes(knex, table)
    table.increments('id')
    table.string('user_id', 40).notNullable().references('users.id').onDelete('CASCADE')
    table.bigInteger('sent_at').notNullable()
    table.index(['user_id', 'sent_at'])
    table.index(['sent_at'])
  })
  await knex.schema.createTable('elections', (table) => {
    compareBytes(knex, table)
    table.string('office', 40).primary()
    table.string('holder', 40).notNullable()
    table.bigInteger('until').notNullable()
  })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('elections')
  await knex.schema.dropTable('pushes')
  await knex.schema.alterTable('deliveries', (table) => {
    table.dropIndex(['user_id', 'status'])
    table.dropColumns('user_id', 'hold_reason')
  })
  await knex.schema.alterTable('turns', (table) => {
    table.dropIndex(['user_id', 'status'])
    table.dropColumns('stop_requested', 'charged', 'ending')
  })
  await knex.schema.alterTable('inbound_messages', (table) => {
    table.dropColumns('attempts', 'turn_id', 'reply')
  })
  await knex.schema.alterTable('users', (table) => {
    table.dropColumns('messaged_at', 'tapped_at', 'unreachable_at')
  })
}
