import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../base/config.ts'
import { errorCode } from '../../base/error-code.ts'
import { engineOf, sqlitePath } from '../../infra/db/database.ts'
import type { MigrationStatus } from '../../infra/db/migrate.ts'
import { openSchema } from '../schema.ts'
import { type Examination, error, ok, reasonOf, type Verdict, warning } from './check.ts'

type Findings = { database: Verdict; schema: Verdict }

const WITHIN_MS = 5000
const UNKNOWN = warning('not looked at: the database is out of reach')
const LATE: Findings = {
  database: error(
    `no answer within ${WITHIN_MS / 1000} s`,
    'check the host in DATABASE_URL, and firewalls on the way to it',
  ),
  schema: UNKNOWN,
}

const FIXES: { [code: string]: string } = {
  ECONNREFUSED: 'check DATABASE_URL and that the database runs',
  ENOTFOUND: 'check the host in DATABASE_URL',
  'store-stuck': 'look what keeps it; check the host in DATABASE_URL, and firewalls on the way to it',
  ER_ACCESS_DENIED_ERROR:
    'check user and password in DATABASE_URL; if the server insists on TLS, end it with ?ssl-mode=required',
  ER_SECURE_TRANSPORT_REQUIRED: 'end DATABASE_URL with ?ssl-mode=required',
  HANDSHAKE_NO_SSL_SUPPORT: 'the server has no TLS: take ssl-mode out of DATABASE_URL',
  HANDSHAKE_SSL_ERROR: 'name the authority of its certificate: ssl-ca in DATABASE_URL',
  ER_DBACCESS_DENIED_ERROR: 'let the user of DATABASE_URL use the database',
  ER_BAD_DB_ERROR: 'make the database that DATABASE_URL names: create database …',
  SQLITE_NOTADB: 'the file is no SQLite database: check DATABASE_URL, or restore a backup',
  SQLITE_CORRUPT: 'restore a backup',
}

/** Looks and changes nothing: a SQLite file that is not there is not made. */
export const examineDatabase = (config: Config): Examination[] => {
  let found: Promise<Findings> | undefined
  const look = () => {
    found ??= Promise.race([lookAt(config), pause(WITHIN_MS, LATE, { ref: false })])
    return found
  }
  return [
    { name: 'database', run: async () => (await look()).database },
    { name: 'schema', run: async () => (await look()).schema },
  ]
}

const lookAt = async (config: Config): Promise<Findings> => {
  const url = config.DATABASE_URL
  if (engineOf(url) === 'sqlite') {
    const readiness = await lookAtFile(sqlitePath(url))
    if (readiness) {
      const made = readiness.level === 'ok'
      return { database: readiness, schema: made ? ok('is made at the first start') : UNKNOWN }
    }
  }
  try {
    const schema = openSchema(config)
    try {
      return { database: ok(nameOf(url)), schema: judge(await schema.status()) }
    } finally {
      await schema.close()
    }
  } catch (thrown) {
    const fix = FIXES[errorCode(thrown) ?? ''] ?? 'check DATABASE_URL'
    return { database: error(reasonOf(thrown), fix), schema: UNKNOWN }
  }
}

/** A verdict on a file that is not there or cannot be written. */
const lookAtFile = async (path: string): Promise<Verdict | undefined> => {
  const exists = existsSync(path)
  let place = exists ? path : dirname(path)
  while (!existsSync(place)) place = dirname(place)
  try {
    await access(place, constants.R_OK | constants.W_OK)
  } catch {
    return error(`${place} cannot be written`, 'check its owner and permissions, or set DATA_DIR')
  }
  return exists ? undefined : ok(`SQLite; the first start makes ${path}`)
}

const judge = ({ pending, unknown, fits }: MigrationStatus): Verdict => {
  if (fits && unknown.length > 0)
    return ok(`newer than this program, which can live with it: ${unknown.join(', ')}`)
  if (unknown.length > 0) {
    const fix = 'start the newer program, or restore a backup made before it ran'
    return error(`newer than this program: ${unknown.join(', ')}`, fix)
  }
  if (pending.length === 0) return ok('up to date')
  return warning(
    `still to come: ${pending.join(', ')}`,
    'start the service, or run: npm run yingda -- migrate up',
  )
}

/** Without user and password. */
const nameOf = (url: string): string => {
  if (engineOf(url) === 'sqlite') return `SQLite, ${sqlitePath(url)}`
  const { host, pathname } = new URL(url)
  return `MySQL or MariaDB, ${host}${pathname}`
}
