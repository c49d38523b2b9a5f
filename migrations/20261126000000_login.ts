import type { Knex } from 'knex'

export const step = 'expand'

/** Ids and hashes are compared byte by byte: MySQL's default collation takes no notice of case. */
const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

/** Whatever opens something is kept as a hash alone: 43 characters of base64url. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('users', (table) => {
    // Who comes through WeChat's authorization is known by their OpenID alone.
    table.index(['openid'])
  })
  await knex.schema.createTable('sessions', (table) => {
    compareBytes(knex, table)
    table.string('id', 40).primary()
    table.string('user_id', 40).notNullable().references('users.id').onDelete('CASCADE')
    table.string('token_hash', 43).notNullable().unique()
    table.string('user_agent', 200).notNullable()
    table.bigInteger('created_at').notNullable()
    table.bigInteger('last_seen_at').notNullable()
    table.bigInteger('expires_at').notNullable()
    table.index(['user_id', 'expires_at'])
    table.index(['expires_at'])
  })
  await knex.schema.createTable('login_tickets', (table) => {
    compareBytes(knex, table)
    table.string('ticket', 40).primary()
    table.string('browser_hash', 43).notNullable()
    table.string('scene', 64).unique()
    table.string('kind', 16).notNullable()
    table.bigInteger('created_at').notNullable()
    table.bigInteger('expires_at').notNullable()
    table.bigInteger('scanned_at')
    table.string('user_id', 40).references('users.id').onDelete('CASCADE')
    table.index(['expires_at'])
    table.index(['user_id'])
  })
  await knex.schema.createTable('login_codes', (table) => {
    compareBytes(knex, table)
    // One code a user: asking again takes the place of the one before.
    table.string('user_id', 40).primary().references('users.id').onDelete('CASCADE')
    // Of the code and the browser it is for, so that no two users ever have the same to type.
    table.string('code_hash', 43).notNullable().unique()
    table.string('browser_hash', 43)
    // The message it answers, and how many codes were taken before it: a repeat is told the same code.
    table.string('cause', 80).notNullable()
    table.integer('attempt').notNullable()
    table.bigInteger('expires_at').notNullable()
    table.bigInteger('used_at')
    table.index(['expires_at'])
  })
  await knex.schema.createTable('oauth_states', (table) => {
    compareBytes(knex, table)
    table.string('state_hash', 43).primary()
    table.string('browser_hash', 43).notNullable()
    table.bigInteger('expires_at').notNullable()
    table.index(['expires_at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  for (const table of ['oauth_states', 'login_codes', 'login_tickets', 'sessions'])
    await knex.schema.dropTable(table)
  await knex.schema.alterTable('users', (table) => {
    table.dropIndex(['openid'])
  })
}
