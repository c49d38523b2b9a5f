import { readConfig } from './src/base/config.ts'
import { knexConfig } from './src/infra/db/database.ts'

const read = readConfig(process.env)
if (!read.ok) throw new Error(read.problems.join('\n'))

/** For the knex command line; the service migrates by itself when it starts. */
export default {
  ...knexConfig(read.config.DATABASE_URL),
  migrations: { directory: './migrations', loadExtensions: ['.ts'], extension: 'ts' },
}
