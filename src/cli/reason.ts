import { errorCode } from '../base/error-code.ts'
import { CliError, UsageError } from './context.ts'
import { printable } from './printable.ts'

const MAX_CHARS = 500

const INSISTS = 'a server that insists on TLS wants ?ssl-mode=required at its end'

const FIXES: { [code: string]: string } = {
  ECONNREFUSED: 'the database does not answer: check DATABASE_URL and that it runs',
  ENOTFOUND: 'the database is not found: check the host in DATABASE_URL',
  ER_ACCESS_DENIED_ERROR: `the database refuses the user: check DATABASE_URL; ${INSISTS}`,
  ER_SECURE_TRANSPORT_REQUIRED: `the database refuses to talk in the open: ${INSISTS}`,
  HANDSHAKE_NO_SSL_SUPPORT: 'the database has no TLS: take ssl-mode out of DATABASE_URL',
  HANDSHAKE_SSL_ERROR: 'the certificate of the database cannot be verified: check ssl-ca in DATABASE_URL',
  ER_BAD_DB_ERROR: 'there is no such database: make the one that DATABASE_URL names',
  'store-stuck':
    'the database is locked, or does not answer: look what keeps it, the host in DATABASE_URL, and firewalls',
  SQLITE_CANTOPEN: 'the database file cannot be opened: check DATABASE_URL and the permissions of its folder',
  SQLITE_NOTADB: 'the file is no SQLite database: check DATABASE_URL, or restore a backup',
}

/** What was thrown, in one line for the operator. */
export const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof CliError || thrown instanceof UsageError) return printable(thrown.message)
  const code = errorCode(thrown) ?? ''
  // A refused connection to a name with several addresses has no message of its own.
  const message = thrown instanceof Error ? thrown.message || code || thrown.name : String(thrown)
  return FIXES[code] ?? oneLine(message)
}

export const oneLine = (text: string): string => {
  const line = printable(text.trim().replace(/\s+/g, ' '))
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line
}
