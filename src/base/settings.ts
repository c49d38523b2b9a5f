import { z } from 'zod'

/** One environment variable: how it is read, what it means, and how a mistake is mended. */
export type Setting<T> = {
  read: z.ZodType<T, string>
  /** Used when the variable is missing or empty. */
  fallback: T
  /** The default as the documents say it, when it is not plainly the fallback. */
  fallbackText?: string
  about: string
  /** How a right value looks; ends the sentence "expected …". */
  fix: string
  secret?: true
}

const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))

const flag = z
  .enum(['0', '1', 'true', 'false', 'on', 'off'])
  .transform((value) => /^(1|true|on)$/.test(value))
const text = z.string().min(1)
const url = (protocols: RegExp) =>
  z.url({ protocol: protocols }).transform((value) => value.replace(/\/+$/, ''))
const httpUrl = url(/^https?$/)
/** As other programs take it: without a scheme it is http. */
const proxyUrl = z
  .string()
  .transform((value) => (value.includes('://') ? value : `http://${value}`).replace(/^socks5?h?:/, 'socks5:'))
  .pipe(z.url({ protocol: /^(https?|socks5)$/ }))
const aesKey = z.string().regex(/^[A-Za-z0-9]{43}$/)
const secret32 = z.string().refine((value) => Buffer.from(value, 'base64').length === 32)

const setting = <T>(
  read: z.ZodType<T, string>,
  fallback: NoInfer<T>,
  about: string,
  fix: string,
  more: { fallbackText?: string; secret?: true } = {},
): Setting<T> => ({ read, fallback, about, fix, ...more })

const optional = <T>(
  read: z.ZodType<T, string>,
  about: string,
  fix: string,
  more: { fallbackText?: string; secret?: true } = {},
): Setting<T | undefined> => ({ read, fallback: undefined, about, fix, fallbackText: 'none', ...more })

const SECRET = { secret: true } as const

/** Every setting there is, in the order `.env.example` shows them. */
export const SETTINGS = {
  PORT: setting(whole(0, 65_535), 8080, 'port of the HTTP server', 'a port number'),
  HOST: setting(text, '127.0.0.1', 'address the HTTP server listens on', 'an address'),
  PUBLIC_URL: optional(
    httpUrl,
    'https address under which users reach the page: links lead there',
    'an http(s) URL',
    {
      fallbackText: 'http://HOST:PORT',
    },
  ),
  TRUST_PROXY: setting(
    z.string().regex(/^(none|[a-z]+|[\da-f.:/]+)(,\s*([a-z]+|[\da-f.:/]+))*$/),
    'loopback',
    "proxies whose X-Forwarded-For names the user's address: loopback, uniquelocal, addresses; or none",
    'loopback, linklocal, uniquelocal, addresses or networks with commas between, or none',
  ),
  ROLE: setting(
    z.enum(['all', 'api', 'worker']),
    'all',
    'all, api or worker; api and worker need REDIS_URL',
    'all, api or worker',
  ),
  DATA_DIR: setting(text, './data', 'SQLite file, generated secret, backups', 'a folder'),
  DATABASE_URL: optional(
    z.string().regex(/^(sqlite:.+|mysql:\/\/.+)$/),
    'sqlite:PATH or mysql://user:pass@host:3306/db; with ?ssl-mode=required or verify-identity by TLS',
    'sqlite:PATH or mysql://user:pass@host:3306/db',
    { fallbackText: 'SQLite in DATA_DIR', ...SECRET },
  ),
  REDIS_URL: optional(
    url(/^rediss?$/),
    'with it: BullMQ, shared answer feed, rate limits and access token; without it one process',
    'redis://host:6379',
    SECRET,
  ),
  APP_SECRET: optional(
    secret32,
    'seals card keys, own keys, sessions, answer links; make one with: openssl rand -base64 32',
    '32 bytes in base64; make one with: openssl rand -base64 32',
    { fallbackText: 'generated once into DATA_DIR with SQLite; required with MySQL', ...SECRET },
  ),
  APP_SECRET_PREVIOUS: optional(secret32, 'still opens what it sealed', '32 bytes in base64', SECRET),
  WECHAT_APP_ID: optional(text, 'AppID of the Official Account', 'an AppID such as wx0123456789abcdef'),
  WECHAT_APP_SECRET: optional(text, 'AppSecret of the Official Account', 'the AppSecret', SECRET),
  WECHAT_TOKEN: optional(text, 'Token of the server configuration', 'the Token', SECRET),
  WECHAT_AES_KEY: optional(
    aesKey,
    'EncodingAESKey; with it plain posts are refused',
    '43 letters and digits',
    SECRET,
  ),
  WECHAT_AES_KEY_PREVIOUS: optional(aesKey, 'still opens while keys change', '43 letters and digits', SECRET),
  WECHAT_ALLOW_PLAIN: setting(flag, false, 'accept plain posts though an AES key is set', '0 or 1', {
    fallbackText: '0',
  }),
  WECHAT_ACCOUNT: setting(
    z.enum(['auto', 'service', 'verified', 'unverified']),
    'auto',
    'auto (find out), service (verified 服务号), verified (verified 公众号), unverified',
    'auto, service, verified or unverified',
  ),
  WECHAT_API_BASE: setting(
    httpUrl,
    'https://api.weixin.qq.com',
    'WeChat API, or a fixed-IP proxy to it',
    'an http(s) URL',
  ),
  WECHAT_MP_BASE: setting(httpUrl, 'https://mp.weixin.qq.com', 'where QR images come from', 'an http(s) URL'),
  WECHAT_OAUTH_BASE: setting(
    httpUrl,
    'https://open.weixin.qq.com',
    "where WeChat's own browser is sent to log in with one tap",
    'an http(s) URL',
  ),
  WECHAT_QR_URL: optional(
    z.url({ protocol: /^https?$/ }),
    "picture of the account's own QR code, shown on the page where the account can make none of its own",
    'an http(s) URL of a picture',
  ),
  WECHAT_ACCOUNT_NAME: optional(
    z.string().trim().min(1).max(60),
    'name of the account, by which it is found in WeChat; shown on the login page',
    'a name of at most 60 characters',
  ),
  WECHAT_REPLY_BUDGET_MS: setting(
    whole(100, 4900),
    4500,
    'how long one callback may wait; WeChat hangs up after 5 s',
    'milliseconds from 100 to 4900',
  ),
  OPENAI_API_KEY: optional(text, 'key of the one-channel shortcut (channel code: default)', 'a key', SECRET),
  OPENAI_BASE_URL: optional(httpUrl, 'any OpenAI-compatible API', 'an http(s) URL', {
    fallbackText: "the SDK's",
  }),
  OPENAI_MODEL: optional(text, 'model of the one-channel shortcut', 'a model name'),
  HTTPS_PROXY: optional(
    proxyUrl,
    'proxy on the way to providers with an https address; small letters will do. A channel may name its own',
    'the address of a proxy, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080',
    SECRET,
  ),
  HTTP_PROXY: optional(
    proxyUrl,
    'the same for http addresses, and for https ones where HTTPS_PROXY is not set',
    'the address of a proxy, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080',
    SECRET,
  ),
  NO_PROXY: setting(
    z.string(),
    '',
    'hosts asked without a proxy, with commas between; this machine always is',
    'hosts with commas between, such as .example.com,10.0.0.5',
    { fallbackText: '' },
  ),
  CHANNELS_FILE: optional(text, 'channels by code', 'a path', {
    fallbackText: 'DATA_DIR/channels.yaml if present',
  }),
  WORKER_PORT: optional(
    whole(0, 65_535),
    'port where a worker of its own shows its health and metrics',
    'a port number',
  ),
  METRICS_PORT: optional(
    whole(0, 65_535),
    'port of its own for /metrics and the details of /readyz, open to whoever reaches it; on PORT they are for this machine alone',
    'a port number other than PORT',
  ),
  METRICS_TOKEN: optional(
    z.string().regex(/^[\x21-\x7e]+$/),
    'with it /metrics and the details of /readyz want Authorization: Bearer TOKEN, wherever from',
    'letters, digits and signs without spaces; make one with: openssl rand -base64 32',
    SECRET,
  ),
  WORKER_CONCURRENCY: setting(
    whole(1, 10_000),
    50,
    'turns answered at once by one worker',
    'a number from 1',
  ),
  TURN_TIMEOUT_MS: setting(whole(1000, 3_600_000), 120_000, 'longest answer', 'milliseconds from 1000'),
  TRIAL_CALLS: setting(whole(0, 1_000_000), 10, 'calls given once per person', 'a whole number'),
  DAILY_CALLS: setting(whole(0, 1_000_000), 0, 'calls given per day (Asia/Shanghai)', 'a whole number'),
  RATE_PER_MINUTE: setting(whole(1, 100_000), 20, 'turns one user may start in a minute', 'a number from 1'),
  MERGE_WITHIN_MS: optional(
    whole(0, 60_000),
    'short texts that follow each other this fast, before answering began, are one question; 0 for never',
    'milliseconds from 0',
    { fallbackText: '2000 where the account may push, else 0' },
  ),
  WORDS_FILE: optional(text, 'sensitive words', 'a path', { fallbackText: 'DATA_DIR/words.txt if present' }),
  ALLOWLIST_FILE: optional(text, 'allowlisted users', 'a path', {
    fallbackText: 'DATA_DIR/allowlist.txt if present',
  }),
  TEXTS_FILE: optional(text, 'wording', 'a path', { fallbackText: 'DATA_DIR/texts.yaml if present' }),
  LOCALE: setting(z.enum(['zh-CN', 'en']), 'zh-CN', 'language of everything the bot says', 'zh-CN or en'),
  AI_LABEL: setting(flag, true, 'marks answers as AI-generated', 'on or off', { fallbackText: 'on' }),
  LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    'JSON lines on stderr; readable ones on a terminal',
    'fatal, error, warn, info, debug, trace or silent',
  ),
  SANDBOX: optional(
    flag,
    'a simulated WeChat under /sandbox; refuses a HOST or a PUBLIC_URL that is not loopback',
    '0 or 1',
    {
      fallbackText: '1 when no WeChat credentials are set, else 0',
    },
  ),
} satisfies { [name: string]: Setting<unknown> }

export type SettingName = keyof typeof SETTINGS
export type SettingValues = {
  [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T> ? T : never
}

/** `.env.example`: every setting commented out at its default, so that copying it changes nothing. */
export const envExample = (): string => {
  const blocks = Object.entries(SETTINGS).map(([name, each]: [string, Setting<unknown>]) => {
    const plain = each.fallback === undefined ? '' : (each.fallbackText ?? String(each.fallback))
    const note = each.fallback === undefined ? ` (default: ${each.fallbackText})` : ''
    return `# ${each.about}${note}\n#${name}=${plain}\n`
  })
  return (
    '# All settings are optional. NAME_FILE=/path reads the value of NAME from a file.\n' +
    `# Unknown or wrong values stop the start, all reported together.\n\n${blocks.join('\n')}`
  )
}
