import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../base/config.ts'
import { errorCode } from '../../base/error-code.ts'
import { say, type Words } from '../../base/say.ts'
import { engineOf, sqlitePath } from '../../infra/db/database.ts'
import type { MigrationStatus } from '../../infra/db/migrate.ts'
import { openSchema } from '../schema.ts'
import { type Examination, error, noAnswerWithin, ok, reasonOf, type Verdict, warning } from './check.ts'

type Findings = { database: Verdict; schema: Verdict }

const WITHIN_MS = 5000
const unknown = (): Verdict =>
  warning(say({ zh: '没有检查：连不上数据库', en: 'not looked at: the database is out of reach' }))
const late = (): Findings => ({
  database: error(
    noAnswerWithin(WITHIN_MS),
    say({
      zh: '请检查 DATABASE_URL 里的主机，以及路上的防火墙',
      en: 'check the host in DATABASE_URL, and firewalls on the way to it',
    }),
  ),
  schema: unknown(),
})

const CHECK_ADDRESS = { zh: '请检查 DATABASE_URL', en: 'check DATABASE_URL' }

const FIXES: { [code: string]: Words } = {
  ECONNREFUSED: {
    zh: '请检查 DATABASE_URL，以及数据库是否在运行',
    en: 'check DATABASE_URL and that the database runs',
  },
  ENOTFOUND: { zh: '请检查 DATABASE_URL 里的主机', en: 'check the host in DATABASE_URL' },
  'store-stuck': {
    zh: '请看看是什么占着它；检查 DATABASE_URL 里的主机和路上的防火墙',
    en: 'look what keeps it; check the host in DATABASE_URL, and firewalls on the way to it',
  },
  ER_ACCESS_DENIED_ERROR: {
    zh: '请检查 DATABASE_URL 里的用户名和密码；如果服务器要求 TLS，请在末尾加 ?ssl-mode=required',
    en: 'check user and password in DATABASE_URL; if the server insists on TLS, end it with ?ssl-mode=required',
  },
  ER_SECURE_TRANSPORT_REQUIRED: {
    zh: '请在 DATABASE_URL 末尾加 ?ssl-mode=required',
    en: 'end DATABASE_URL with ?ssl-mode=required',
  },
  HANDSHAKE_NO_SSL_SUPPORT: {
    zh: '服务器没有 TLS：请去掉 DATABASE_URL 里的 ssl-mode',
    en: 'the server has no TLS: take ssl-mode out of DATABASE_URL',
  },
  HANDSHAKE_SSL_ERROR: {
    zh: '请在 DATABASE_URL 里用 ssl-ca 写明它的证书由谁签发',
    en: 'name the authority of its certificate: ssl-ca in DATABASE_URL',
  },
  ER_DBACCESS_DENIED_ERROR: {
    zh: '请给 DATABASE_URL 里的用户使用这个库的权限',
    en: 'let the user of DATABASE_URL use the database',
  },
  ER_BAD_DB_ERROR: {
    zh: '请先建好 DATABASE_URL 里写的库：create database …',
    en: 'make the database that DATABASE_URL names: create database …',
  },
  SQLITE_NOTADB: {
    zh: '这个文件不是 SQLite 数据库：请检查 DATABASE_URL，或者从备份恢复',
    en: 'the file is no SQLite database: check DATABASE_URL, or restore a backup',
  },
  SQLITE_CORRUPT: { zh: '请从备份恢复', en: 'restore a backup' },
}

/** Looks and changes nothing: a SQLite file that is not there is not made. */
export const examineDatabase = (config: Config): Examination[] => {
  let found: Promise<Findings> | undefined
  const look = () => {
    found ??= Promise.race([lookAt(config), pause(WITHIN_MS, undefined, { ref: false }).then(late)])
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
      return {
        database: readiness,
        schema: made ? ok(say({ zh: '第一次启动时建立', en: 'is made at the first start' })) : unknown(),
      }
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
    const fix = FIXES[errorCode(thrown) ?? ''] ?? CHECK_ADDRESS
    const reason = reasonOf(thrown)
    const detail = say({ zh: `数据库用不了（${reason}）`, en: reason })
    return { database: error(detail, say(fix)), schema: unknown() }
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
    return error(
      say({ zh: `${place} 不能写`, en: `${place} cannot be written` }),
      say({
        zh: '请检查它的主人和权限，或者设置 DATA_DIR',
        en: 'check its owner and permissions, or set DATA_DIR',
      }),
    )
  }
  return exists
    ? undefined
    : ok(say({ zh: `SQLite；第一次启动时建立 ${path}`, en: `SQLite; the first start makes ${path}` }))
}

const judge = ({ pending, unknown, fits }: MigrationStatus): Verdict => {
  if (fits && unknown.length > 0)
    return ok(
      say({
        zh: `比这个程序新，但可以一起用：${unknown.join('、')}`,
        en: `newer than this program, which can live with it: ${unknown.join(', ')}`,
      }),
    )
  if (unknown.length > 0) {
    return error(
      say({
        zh: `数据库比这个程序新：${unknown.join('、')}`,
        en: `newer than this program: ${unknown.join(', ')}`,
      }),
      say({
        zh: '请启动较新的程序，或者恢复它运行之前的备份',
        en: 'start the newer program, or restore a backup made before it ran',
      }),
    )
  }
  if (pending.length === 0) return ok(say({ zh: '已是最新', en: 'up to date' }))
  return warning(
    say({ zh: `还没有升级：${pending.join('、')}`, en: `still to come: ${pending.join(', ')}` }),
    say({
      zh: '启动服务，或者运行：yingda migrate up',
      en: 'start the service, or run: yingda migrate up',
    }),
  )
}

/** Without user and password. */
const nameOf = (url: string): string => {
  if (engineOf(url) === 'sqlite')
    return say({ zh: `SQLite，${sqlitePath(url)}`, en: `SQLite, ${sqlitePath(url)}` })
  const { host, pathname } = new URL(url)
  return say({ zh: `MySQL 或 MariaDB，${host}${pathname}`, en: `MySQL or MariaDB, ${host}${pathname}` })
}
