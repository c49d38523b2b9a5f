import { say, type Words } from './say.ts'

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
  SQLITE_READONLY: {
    zh: '数据库文件不能写：请检查它和文件夹的主人与权限',
    en: 'the database file cannot be written: check the owner and permissions of it and of its folder',
  },
  SQLITE_FULL: {
    zh: '磁盘满了，数据库写不下：请先腾出空间',
    en: 'the disk is full, the database has no room: make room first',
  },
  SQLITE_IOERR: {
    zh: '数据库文件读写出错：请检查磁盘是否满了、是否完好',
    en: 'the database file cannot be read or written: check whether the disk is full, and sound',
  },
  SQLITE_CORRUPT: {
    zh: '数据库文件坏了：请从备份恢复',
    en: 'the database file is damaged: restore a backup',
  },
  SQLITE_NOTADB: {
    zh: '这个文件不是 SQLite 数据库：请检查 DATABASE_URL，或者从备份恢复',
    en: 'the file is no SQLite database: check DATABASE_URL, or restore a backup',
  },
}

/** SQLite says by what follows what of it went wrong: SQLITE_IOERR_WRITE, SQLITE_CORRUPT_VTAB. */
const EXTENDED = /^(SQLITE_(?:CANTOPEN|READONLY|CORRUPT|IOERR))_.*/

/** What is wrong with the database, and the remedy, by the code of an error; undefined for any other code. */
export const storeReason = (code: string): string | undefined => {
  const fix = FIXES[code.replace(EXTENDED, '$1')]
  return fix && say(fix)
}
