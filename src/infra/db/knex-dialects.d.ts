/** knex ships no types for its dialects; these are the parts that are used. */
declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  import type { Knex } from 'knex'
  export default class BetterSqlite3 extends Knex.Client {
    acquireConnection(): Promise<unknown>
    _query(connection: unknown, query: object): Promise<unknown>
  }
}

declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Knex } from 'knex'
  export default class Mysql2 extends Knex.Client {
    acquireConnection(): Promise<unknown>
    _query(connection: unknown, query: object): Promise<unknown>
  }
}
