import { z } from 'zod'
import { splitSecrets } from '../app-secret.ts'
import {
  A_PORT,
  flag,
  HTTP_URL,
  httpUrl,
  ON_OR_OFF,
  optional,
  SECRET,
  secret32,
  setting,
  text,
  url,
  whole,
} from './setting.ts'

/** Each makes the look for who somebody is a little dearer. */
const MOST_PREVIOUS = 8

/** Where it listens, what it keeps and where. */
export const SERVICE = {
  PORT: setting(whole(0, 65_535), 8080, { zh: '网页服务监听的端口', en: 'port of the HTTP server' }, A_PORT),
  HOST: setting(
    text,
    '127.0.0.1',
    { zh: '网页服务监听的地址', en: 'address the HTTP server listens on' },
    { zh: '一个地址', en: 'an address' },
  ),
  PUBLIC_URL: optional(
    httpUrl,
    {
      zh: '用户打开网页用的 https 网址，微信里发出的链接都指向它',
      en: 'https address under which users reach the page: links lead there',
    },
    HTTP_URL,
    { fallbackText: 'http://HOST:PORT' },
  ),
  ICP_NUMBER: optional(
    z.string().trim().min(1).max(60),
    {
      zh: '网站的 ICP 备案号，显示在网页底部，并链接到工信部的网站；服务器在中国大陆时必须有',
      en: 'ICP number of the site, shown at the foot of its pages with a link to the ministry; a must for servers in mainland China',
    },
    { zh: '备案号，例如 京ICP备12345678号-1', en: 'the number as it was given, of at most 60 characters' },
  ),
  TRUST_PROXY: setting(
    z.string().regex(/^(none|[a-z]+|[\da-f.:/]+)(,\s*([a-z]+|[\da-f.:/]+))*$/),
    'loopback',
    {
      zh: '信任哪些反向代理传来的 X-Forwarded-For（用户地址）：loopback、uniquelocal、具体地址，或 none',
      en: "proxies whose X-Forwarded-For names the user's address: loopback, uniquelocal, addresses; or none",
    },
    {
      zh: 'loopback、linklocal、uniquelocal、地址或网段，用逗号隔开，或 none',
      en: 'loopback, linklocal, uniquelocal, addresses or networks with commas between, or none',
    },
  ),
  ROLE: setting(
    z.enum(['all', 'api', 'worker']),
    'all',
    {
      zh: 'all（一个进程全包）、api 或 worker；后两种需要 REDIS_URL',
      en: 'all, api or worker; api and worker need REDIS_URL',
    },
    { zh: 'all、api 或 worker', en: 'all, api or worker' },
  ),
  DATA_DIR: setting(
    text,
    './data',
    { zh: '数据文件夹：SQLite 文件、自动生成的密钥、备份', en: 'SQLite file, generated secret, backups' },
    { zh: '一个文件夹', en: 'a folder' },
  ),
  CONFIG_DIR: optional(
    text,
    {
      zh: '配置文件夹：channels.yaml、words.txt、allowlist.txt、texts.yaml，以及 public/（网站验证文件、二维码图片）',
      en: 'where channels.yaml, words.txt, allowlist.txt, texts.yaml are looked for, and public/ (proofs of the domain, qr.png)',
    },
    { zh: '一个文件夹', en: 'a folder' },
    { fallbackText: 'DATA_DIR' },
  ),
  DATABASE_URL: optional(
    z.string().regex(/^(sqlite:.+|mysql:\/\/.+)$/),
    {
      zh: '数据库：sqlite:路径 或 mysql://用户:密码@主机:3306/库名；末尾加 ?ssl-mode=required 或 verify-identity 走 TLS',
      en: 'sqlite:PATH or mysql://user:pass@host:3306/db; with ?ssl-mode=required or verify-identity by TLS',
    },
    {
      zh: 'sqlite:路径 或 mysql://用户:密码@主机:3306/库名',
      en: 'sqlite:PATH or mysql://user:pass@host:3306/db',
    },
    { fallbackText: { zh: 'DATA_DIR 里的 SQLite', en: 'SQLite in DATA_DIR' }, ...SECRET },
  ),
  REDIS_URL: optional(
    url(/^rediss?$/),
    {
      zh: '设置后可以分成多个进程：队列（BullMQ）、流式回答、限速、access token 都经过它；不设就是单进程',
      en: 'with it: BullMQ, shared answer feed, rate limits and access token; without it one process',
    },
    { zh: 'redis://主机:6379', en: 'redis://host:6379' },
    SECRET,
  ),
  APP_SECRET: optional(
    secret32,
    {
      zh: '用来封装卡密、用户自己的 API Key、登录和回答链接；生成：openssl rand -base64 32',
      en: 'seals card keys, own keys, sessions, answer links; make one with: openssl rand -base64 32',
    },
    {
      zh: 'base64 写的 32 字节；生成：openssl rand -base64 32',
      en: '32 bytes in base64; make one with: openssl rand -base64 32',
    },
    {
      fallbackText: {
        zh: '用 SQLite 时自动生成一次，存在 DATA_DIR；用 MySQL 时必须设置',
        en: 'generated once into DATA_DIR with SQLite; required with MySQL',
      },
      ...SECRET,
    },
  ),
  APP_SECRET_PREVIOUS: optional(
    z.string().refine((value) => {
      const secrets = splitSecrets(value)
      return secrets.length <= MOST_PREVIOUS && secrets.every((each) => secret32.safeParse(each).success)
    }),
    {
      zh: '更换 APP_SECRET 时填旧的：它们封装过的仍能打开；换过几次就都写上，新的在前，用逗号或换行隔开',
      en: 'still open what they sealed: all that came before APP_SECRET, the newest first, with commas or line ends between',
    },
    { zh: 'base64 写的 32 字节，最多 8 个', en: '32 bytes in base64 each, 8 at most' },
    SECRET,
  ),
}

/** How it is watched, and the trial. */
export const OPERATION = {
  LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    {
      zh: '日志级别；日志写到 stderr，每行一个 JSON，在终端里则是便于阅读的样子',
      en: 'JSON lines on stderr; readable ones on a terminal',
    },
    {
      zh: 'fatal、error、warn、info、debug、trace 或 silent',
      en: 'fatal, error, warn, info, debug, trace or silent',
    },
  ),
  SANDBOX: optional(
    flag,
    {
      zh: '沙盒：在 /sandbox 模拟微信；HOST 或 PUBLIC_URL 不是本机地址时拒绝启动',
      en: 'a simulated WeChat under /sandbox; refuses a HOST or a PUBLIC_URL that is not loopback',
    },
    ON_OR_OFF,
    {
      fallbackText: {
        zh: '没有设置微信账号信息时为 1，否则为 0',
        en: '1 when no WeChat credentials are set, else 0',
      },
    },
  ),
}
