import { errorCode } from '../base/error-code.ts'
import { say, type Words } from '../base/say.ts'
import { CliError, UsageError } from './context.ts'
import { printable } from './printable.ts'

const MAX_CHARS = 500

const INSISTS = {
  zh: '要求 TLS 的服务器，请在末尾加 ?ssl-mode=required',
  en: 'a server that insists on TLS wants ?ssl-mode=required at its end',
}

const FIXES: { [code: string]: Words } = {
  ECONNREFUSED: {
    zh: '数据库没有应答：请检查 DATABASE_URL，以及数据库是否在运行',
    en: 'the database does not answer: check DATABASE_URL and that it runs',
  },
  ENOTFOUND: {
    zh: '找不到数据库：请检查 DATABASE_URL 里的主机',
    en: 'the database is not found: check the host in DATABASE_URL',
  },
  ER_ACCESS_DENIED_ERROR: {
    zh: `数据库拒绝了这个用户：请检查 DATABASE_URL；${INSISTS.zh}`,
    en: `the database refuses the user: check DATABASE_URL; ${INSISTS.en}`,
  },
  ER_SECURE_TRANSPORT_REQUIRED: {
    zh: `数据库不接受不加密的连接：${INSISTS.zh}`,
    en: `the database refuses to talk in the open: ${INSISTS.en}`,
  },
  HANDSHAKE_NO_SSL_SUPPORT: {
    zh: '数据库没有 TLS：请去掉 DATABASE_URL 里的 ssl-mode',
    en: 'the database has no TLS: take ssl-mode out of DATABASE_URL',
  },
  HANDSHAKE_SSL_ERROR: {
    zh: '数据库的证书验证不了：请检查 DATABASE_URL 里的 ssl-ca',
    en: 'the certificate of the database cannot be verified: check ssl-ca in DATABASE_URL',
  },
  ER_BAD_DB_ERROR: {
    zh: '没有这个库：请先建好 DATABASE_URL 里写的库',
    en: 'there is no such database: make the one that DATABASE_URL names',
  },
  'store-stuck': {
    zh: '数据库被锁住，或者没有应答：请看看是什么占着它，检查 DATABASE_URL 里的主机和防火墙',
    en: 'the database is locked, or does not answer: look what keeps it, the host in DATABASE_URL, and firewalls',
  },
  SQLITE_CANTOPEN: {
    zh: '数据库文件打不开：请检查 DATABASE_URL 和文件夹的权限',
    en: 'the database file cannot be opened: check DATABASE_URL and the permissions of its folder',
  },
  SQLITE_NOTADB: {
    zh: '这个文件不是 SQLite 数据库：请检查 DATABASE_URL，或者从备份恢复',
    en: 'the file is no SQLite database: check DATABASE_URL, or restore a backup',
  },
}

/** What was thrown, in one line for the operator. */
export const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof CliError || thrown instanceof UsageError) return printable(thrown.message)
  const code = errorCode(thrown) ?? ''
  // A refused connection to a name with several addresses has no message of its own.
  const message = thrown instanceof Error ? thrown.message || code || thrown.name : String(thrown)
  const fix = FIXES[code]
  return fix ? say(fix) : oneLine(message)
}

export const oneLine = (text: string): string => {
  const line = printable(text.trim().replace(/\s+/g, ' '))
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line
}
