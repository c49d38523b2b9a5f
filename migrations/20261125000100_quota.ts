import type { Knex } from 'knex'

export const step = 'expand'

/** Ids and keys are compared byte by byte: MySQL's default collation takes no notice of case. */
const compareBytes = (knex: Knex, table: Knex.CreateTableBuilder): void => {
  if (knex.client.config.client !== 'mysql2') return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

/**
 * The ledger's tables know a user's id alone and point nowhere: when a user is erased, the figures stay without the
 * person.
 */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.createTable('grants', (table) => {
    compareBytes(knex, table)
    table.string('id', 40).primary()
    table.string('user_id', 40).notNullable()
    table.string('kind', 16).notNullable()
    // What it was given for; unique, so that nothing is given twice.
    table.string('source', 128).notNullable().unique()
    table.integer('calls').notNullable()
    // Worked out from the entries, kept here to be spent by one conditional update.
    table.integer('left_calls').notNullable()
    table.integer('held_calls').notNullable().defaultTo(0)
    table.bigInteger('expires_at').notNullable()
    table.bigInteger('created_at').notNullable()
    table.index(['user_id', 'expires_at'])
    table.index(['expires_at', 'left_calls'])
  })
  await knex.schema.createTable('ledger_entries', (table) => {
    compareBytes(knex, table)
    table.increments('id')
    table.bigInteger('at').notNullable()
    table.string('user_id', 40).notNullable()
    table.string('grant_id', 40).notNullable().references('grants.id')
    table.string('kind', 16).notNullable()
    table.integer('calls').notNullable()
    table.string('turn_id', 40)
    table.string('reason', 160).notNullable()
    table.index(['user_id', 'id'])
    table.index(['turn_id', 'kind'])
    table.index(['grant_id', 'kind'])
    table.index(['at'])
  })
  await knex.schema.alterTable('turns', (table) => {
    // What was reserved for it, in calls; 0 on the user's own key.
    table.integer('price').notNullable().defaultTo(0)
    table.boolean('own_key').notNullable().defaultTo(false)
    table.string('asked_model', 128)
    table.index(['created_at'])
  })
  await knex.schema.alterTable('users', (table) => {
    table.string('model', 128)
    table.bigInteger('blocked_at')
    // "Forget me" asks once more; by which message it was asked, so that its retry is no answer.
    table.bigInteger('erase_asked_at')
    table.string('erase_asked_by', 64)
  })
  await knex.schema.createTable('departed_users', (table) => {
    compareBytes(knex, table)
    // A keyed hash of account and OpenID: who comes back is known again, nobody can be found by it.
    table.string('person_hash', 43).primary()
    table.string('user_id', 40)
    table.bigInteger('blocked_at')
    table.bigInteger('left_at').notNullable()
  })
  await knex.schema.createTable('own_keys', (table) => {
    compareBytes(knex, table)
    table.string('user_id', 40).primary().references('users.id').onDelete('CASCADE')
    table.string('channel', 64).notNullable()
    table.text('sealed').notNullable()
    table.string('key_version', 16).notNullable()
    table.string('tail', 8).notNullable()
    table.bigInteger('created_at').notNullable()
  })
  await knex.schema.createTable('card_batches', (table) => {
    compareBytes(knex, table)
    table.bigInteger('batch').primary()
    table.string('name', 64).notNullable().unique()
    table.integer('cards').notNullable()
    table.integer('calls').notNullable()
    table.integer('days')
    table.string('redeem_by', 10)
    table.bigInteger('created_at').notNullable()
    table.bigInteger('voided_at')
  })
  await knex.schema.createTable('card_uses', (table) => {
    compareBytes(knex, table)
    table.bigInteger('batch').notNullable()
    table.integer('serial').notNullable()
    table.string('person_hash', 43).notNullable()
    // Of a card that is known as used from outside this database: none yet.
    table.string('user_id', 40)
    table.string('cause', 80)
    table.bigInteger('redeemed_at').notNullable()
    table.primary(['batch', 'serial'])
    table.index(['user_id'])
  })
  await knex.schema.createTable('card_voids', (table) => {
    compareBytes(knex, table)
    table.bigInteger('batch').notNullable()
    table.integer('serial').notNullable()
    table.bigInteger('voided_at').notNullable()
    table.primary(['batch', 'serial'])
  })
  await knex.schema.createTable('refusals', (table) => {
    compareBytes(knex, table)
    table.string('code', 16).primary()
    table.bigInteger('at').notNullable()
    table.string('rule', 40).notNullable()
    table.string('user_id', 40)
    table.text('details').notNullable()
    table.index(['at'])
    table.index(['user_id'])
  })
  await knex.schema.createTable('audit_entries', (table) => {
    compareBytes(knex, table)
    table.increments('id')
    table.bigInteger('at').notNullable()
    table.string('actor', 120).notNullable()
    table.string('act', 60).notNullable()
    table.string('subject', 120).notNullable()
    table.text('details').notNullable()
    table.index(['at'])
  })
}

export const down = async (knex: Knex): Promise<void> => {
  for (const table of [
    'audit_entries',
    'refusals',
    'card_voids',
    'card_uses',
    'card_batches',
    'own_keys',
    'departed_users',
    'ledger_entries',
    'grants',
  ])
    await knex.schema.dropTable(table)
  await knex.schema.alterTable('users', (table) => {
    table.dropColumns('model', 'blocked_at', 'erase_asked_at', 'erase_asked_by')
  })
  await knex.schema.alterTable('turns', (table) => {
    table.dropIndex(['created_at'])
    table.dropColumns('price', 'own_key', 'asked_model')
  })
}
