import { isIP } from 'node:net'
import { closestName } from './closest-name.ts'
import { say, type Words } from './say.ts'

/** How the way to a server is sealed. `nothing` is verified: it is sealed for whoever answers. */
export type Tls = {
  verify: 'nothing' | 'authority' | 'identity'
  /** Paths of PEM files. Without `ca` the authorities that Node trusts. */
  ca?: string
  cert?: string
  key?: string
}

export type SqliteAddress = { engine: 'sqlite'; path: string }
export type MysqlAddress = {
  engine: 'mysql'
  host: string
  port: number
  user: string
  password: string
  database: string
  tls: Tls | undefined
}
export type DatabaseAddress = SqliteAddress | MysqlAddress

/** `problem`: a sentence that begins with what is wrong; holds no secret. */
export type Read<T> = { ok: true; address: T } | { ok: false; problem: string }

const SQLITE = 'sqlite:'
const MODES: { [word: string]: 'off' | Tls['verify'] } = {
  false: 'off',
  0: 'off',
  off: 'off',
  disable: 'off',
  disabled: 'off',
  true: 'nothing',
  1: 'nothing',
  on: 'nothing',
  require: 'nothing',
  required: 'nothing',
  skipverify: 'nothing',
  verifyca: 'authority',
  verifyidentity: 'identity',
  verifyfull: 'identity',
  strict: 'identity',
}
const MODE_NAMES = ['ssl', 'sslmode', 'tls']
const FILES: { [name: string]: 'ca' | 'cert' | 'key' } = { sslca: 'ca', sslcert: 'cert', sslkey: 'key' }
const HAS_HASH = {
  zh: '里有 #：用户名和密码里的 # 要写成 %23',
  en: 'has a #: in user and password it is written %23',
}
const KNOWN = ['ssl', 'sslmode', 'ssl-mode', 'tls', 'ssl-ca', 'ssl-cert', 'ssl-key']

/** `sqlite:PATH`, or `mysql://user:pass@host:3306/db` with TLS in its query. Nothing in it is passed over in silence. */
export const readDatabaseAddress = (address: string): Read<DatabaseAddress> => {
  if (address.startsWith(SQLITE)) return readSqlite(address.slice(SQLITE.length))
  if (!URL.canParse(address))
    return wrong({
      zh: '不像一个地址：用户名和密码里的 @ 要写成 %40，: 写成 %3A，/ 写成 %2F，# 写成 %23，? 写成 %3F，% 写成 %25',
      en: 'cannot be read as an address: in user and password @ is written %40, : %3A, / %2F, # %23, ? %3F, % %25',
    })
  const url = new URL(address)
  if (url.hash) return wrong(HAS_HASH)
  const database = decoded(url.pathname.slice(1))
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (database === undefined || user === undefined || password === undefined)
    return wrong({
      zh: '不像一个地址：用户名和密码里的 % 要写成 %25',
      en: 'cannot be read as an address: in user and password % is written %25',
    })
  if (!url.hostname || !database)
    return wrong({
      zh: '没有写数据库：mysql://用户:密码@主机:3306/库名',
      en: 'names no database: mysql://user:pass@host:3306/db',
    })
  const tls = readTls(url)
  if (!tls.ok) return tls
  const port = url.port ? Number(url.port) : 3306
  const host = hostOf(url)
  return {
    ok: true,
    address: { engine: 'mysql', host, port, user, password, database, tls: tls.address },
  }
}

/** `redis://` or `rediss://`. Its client would take any query as options of its own. */
export const redisProblem = (address: string): string | undefined => {
  const url = new URL(address)
  const [name] = url.searchParams.keys()
  if (name !== undefined)
    return say({
      zh: `带有 ?${shown(name)}=…，这里不能带参数：要用 TLS 请写 rediss://，库的编号写在末尾的 / 后面`,
      en: `has ?${shown(name)}=…, and takes no query: TLS is rediss://, the number of the database is the path`,
    })
  if (url.hash) return say(HAS_HASH)
  if (/^\/?\d*$/.test(url.pathname)) return undefined
  return say({
    zh: '末尾的路径不是库的编号：应为 /0 这样',
    en: 'has a path that is not the number of a database: /0',
  })
}

const readSqlite = (path: string): Read<SqliteAddress> => {
  if (path.includes('?'))
    return wrong({
      zh: `带有 ?${shown(path.split('?')[1] ?? '')}…，这里不能带参数：应为 sqlite:路径`,
      en: `has ?${shown(path.split('?')[1] ?? '')}…, and takes no query: sqlite:PATH`,
    })
  if (path === ':memory:')
    return wrong({ zh: '没有写文件：应为 sqlite:路径', en: 'names no file: sqlite:PATH' })
  return { ok: true, address: { engine: 'sqlite', path } }
}

const readTls = (url: URL): Read<Tls | undefined> => {
  let mode: 'off' | Tls['verify'] | undefined
  const files: Pick<Tls, 'ca' | 'cert' | 'key'> = {}
  for (const [given, value] of url.searchParams) {
    const name = given.toLowerCase().replaceAll(/[-_]/g, '')
    const file = FILES[name]
    if (file && value) files[file] = value
    else if (name === 'charset' && value.toLowerCase() === 'utf8mb4') continue
    else if (MODE_NAMES.includes(name)) {
      const meant = modeOf(value)
      if (!meant)
        return wrong({
          zh: `里的 ${shown(given)}=${shown(value)} 不对：应为 false、required、verify-ca 或 verify-identity`,
          en: `has ${shown(given)}=${shown(value)}: expected false, required, verify-ca or verify-identity`,
        })
      if (mode && mode !== meant)
        return wrong({
          zh: '里写了两种不同的加密方式：请只留一个',
          en: 'says twice, and differently, how it is sealed: keep one',
        })
      mode = meant
    } else return wrong(unknownQuery(given))
  }
  const { ca, cert, key } = files
  if (mode === 'off' && (ca || cert || key))
    return wrong({
      zh: '关了 TLS，又写了 TLS 用的文件：请只留一样',
      en: 'switches TLS off and names files for it: keep one',
    })
  if ((cert === undefined) !== (key === undefined))
    return wrong({
      zh: '里 ssl-cert 和 ssl-key 只写了一个：两个要一起写',
      en: 'has one of ssl-cert and ssl-key, which go together',
    })
  if (!mode && !ca && !cert) return { ok: true, address: undefined }
  if (mode === 'off') return { ok: true, address: undefined }
  // Who names the authority wants it asked.
  const verify = (mode ?? 'nothing') === 'nothing' && ca ? 'authority' : (mode ?? 'nothing')
  if (verify === 'identity' && isIP(hostOf(url)))
    return wrong({
      zh: '要验证服务器的名字，却写了 IP 地址：请写域名，或者用 ssl-mode=verify-ca',
      en: 'wants the name of the server verified, but gives an IP address: write the name, or ssl-mode=verify-ca',
    })
  return { ok: true, address: { verify, ...files } }
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Also as mysql2 writes it: `ssl={"rejectUnauthorized":true}`. */
const modeOf = (value: string): 'off' | Tls['verify'] | undefined => {
  const json = /^\{\s*"rejectUnauthorized"\s*:\s*(true|false)\s*\}$/.exec(value)?.[1]
  if (json) return json === 'true' ? 'identity' : 'nothing'
  if (value === '{}') return 'identity'
  const word = value.toLowerCase().replaceAll(/[-_]/g, '')
  return Object.hasOwn(MODES, word) ? MODES[word] : undefined
}

const unknownQuery = (name: string): Words => {
  const meant = closestName(name, KNOWN)
  const help = meant
    ? { zh: `是不是 ${meant}？`, en: `did you mean ${meant}?` }
    : { zh: `请去掉；可以用的有：${KNOWN.join('、')}`, en: `remove it; these are known: ${KNOWN.join(', ')}` }
  return {
    zh: `带有不认识的参数 ?${shown(name)}=…：${help.zh}`,
    en: `has ?${shown(name)}=…, which is unknown: ${help.en}`,
  }
}

const wrong = (words: Words): { ok: false; problem: string } => ({ ok: false, problem: say(words) })

/** Enough to find it by; what was pasted into a query may be anything. */
const shown = (text: string): string => text.replaceAll(/[^\w.-]/g, '').slice(0, 24)

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
