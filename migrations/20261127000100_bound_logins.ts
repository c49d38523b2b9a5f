import type { Knex } from 'knex'

export const step = 'expand'

/** Codes are bound to what asked for them, guesses at the others go through one gate, and sessions know their browser. */
export const up = async (knex: Knex): Promise<void> => {
  await knex.schema.alterTable('login_tickets', (table) => {
    // Sent along with 「登录」. Null: too many were open at once.
    table.string('mark', 8)
    table.string('user_agent', 200).notNullable().defaultTo('')
    table.unique(['mark'])
  })
  await knex.schema.alterTable('login_codes', (table) => {
    // Guesses of the browser it is for.
    table.integer('tries').notNullable().defaultTo(0)
    table.index(['browser_hash'])
  })
  await knex.schema.alterTable('sessions', (table) => {
    table.string('browser_hash', 43)
    // When the person was told of it in WeChat.
    table.bigInteger('told_at')
    table.index(['browser_hash'])
  })
  // Of those that are there already nobody need be told.
  await knex('sessions').update({ told_at: knex.ref('created_at') })
  await knex.schema.createTable('guess_gates', (table) => {
    table.string('name', 20).primary()
    // The next guess is let in from then on.
    table.bigInteger('free_at').notNullable()
    // Wrong ones since then.
    table.integer('guesses').notNullable()
    table.bigInteger('since').notNullable()
  })
  await knex('guess_gates').insert({ name: 'login', free_at: 0, guesses: 0, since: 0 })
}

export const down = async (knex: Knex): Promise<void> => {
  await knex.schema.dropTable('guess_gates')
  await knex.schema.alterTable('sessions', (table) => {
    table.dropIndex(['browser_hash'])
    table.dropColumns('browser_hash', 'told_at')
  })
  await knex.schema.alterTable('login_codes', (table) => {
    table.dropIndex(['browser_hash'])
    table.dropColumns('tries')
  })
  await knex.schema.alterTable('login_tickets', (table) => {
    table.dropUnique(['mark'])
    table.dropColumns('mark', 'user_agent')
  })
}
