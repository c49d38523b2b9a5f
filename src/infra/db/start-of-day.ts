import type { Knex } from 'knex'

/** A column of milliseconds as the start of its day in Shanghai, in whole numbers, which both databases count alike. */
export const startOfDay = (knex: Knex, column: string) =>
  knex.raw('?? - ((?? + 28800000) % 86400000) as day_start', [column, column])
