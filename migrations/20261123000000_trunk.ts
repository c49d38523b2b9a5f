import type { Knex } from 'knex'

export const step = 'expand'

/**
 * Ids and keys are compared byte by byte: an OpenID differs from another by case alone, and MySQL's default
 * collation would take the two for one. Times are milliseconds since the Unix epoch.
 */
const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('users', (table) => {
    compareBytes(knex, table)
    table.string('id', 40).primary()
    table.string('account', 64).notNullable()
    table.string('openid', 128).notNullable()
    table.string('conversation_id', 40)
    table.bigInteger('followed_at')
    table.bigInteger('unfollowed_at')
    table.bigInteger('created_at').notNullable()
    table.unique(['account', 'openid'])
  })
  await knex.schema.createTable('conversations', (table) => {
    compareBytes(knex, table)
    table.string('id', 40).primary()
    table.string('user_id', 40).notNullable().references('users.id').onDelete('CASCADE')
    table.string('title', 200)
    table.bigInteger('created_at').notNullable()
    table.bigInteger('updated_at').notNullable()
    table.index(['user_id', 'updated_at'])
  })
  await knex.schema.createTable('inbound_messages', (table) => {
    compareBytes(knex, table)
    table.string('account', 64).notNullable()
    table.string('openid', 128).notNullable()
    table.string('message_key', 64).notNullable()
    table.bigInteger('received_at').notNullable()
    table.primary(['account', 'openid', 'message_key'])
  })
  await knex.schema.createTable('turns', (table) => {
    compareBytes(knex, table)
    table.string('id', 40).primary()
    table.string('user_id', 40).notNullable().references('users.id').onDelete('CASCADE')
    table.string('conversation_id', 40).notNullable().references('conversations.id').onDelete('CASCADE')
    table.string('message_key', 64).notNullable()
    table.string('status', 16).notNullable()
    table.text('question', 'mediumtext').notNullable()
    table.text('answer', 'mediumtext')
    table.string('failure', 40)
    table.string('refusal_code', 16)
    table.string('channel', 64)
    table.string('model', 128)
    table.integer('prompt_tokens')
    table.integer('completion_tokens')
    table.integer('attempt').notNullable().defaultTo(0)
    table.bigInteger('lease_until').notNullable().defaultTo(0)
    table.bigInteger('created_at').notNullable()
    table.bigInteger('ended_at')
    table.unique(['user_id', 'message_key'])
    table.index(['conversation_id', 'id'])
    table.index(['status', 'lease_until'])
    table.index(['refusal_code'])
  })
  await knex.schema.createTable('deliveries', (table) => {
    compareBytes(knex, table)
    table.string('turn_id', 40).primary().references('turns.id').onDelete('CASCADE')
    table.string('status', 16).notNullable()
    table.bigInteger('due_at').notNullable()
    table.text('parts', 'mediumtext')
    table.integer('parts_sent').notNullable().defaultTo(0)
    table.bigInteger('updated_at').notNullable()
    table.index(['status', 'due_at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  for (const table of ['deliveries', 'turns', 'inbound_messages', 'conversations', 'users'])
    await knex.schema.dropTable(table)
}
