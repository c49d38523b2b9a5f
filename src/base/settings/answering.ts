import { z } from 'zod'
import { A_COUNT, A_PATH, A_PORT, FROM_ONE, flag, optional, SECRET, setting, text, whole } from './setting.ts'

/** Health and metrics, the worker's limits, what users get, and what is said to them. */
export const ANSWERING = {
  WORKER_PORT: optional(
    whole(0, 65_535),
    {
      zh: '单独的 worker 在这个端口提供健康检查和指标',
      en: 'port where a worker of its own shows its health and metrics',
    },
    A_PORT,
  ),
  METRICS_PORT: optional(
    whole(0, 65_535),
    {
      zh: '/metrics 和 /readyz 详情单独用的端口，谁能连上谁就能看；不设时只有本机能在 PORT 上看',
      en: 'port of its own for /metrics and the details of /readyz, open to whoever reaches it; on PORT they are for this machine alone',
    },
    { zh: '和 PORT 不同的端口号', en: 'a port number other than PORT' },
  ),
  METRICS_TOKEN: optional(
    z.string().regex(/^[\x21-\x7e]+$/),
    {
      zh: '设置后，看 /metrics 和 /readyz 详情都要带 Authorization: Bearer TOKEN，从哪里看都一样',
      en: 'with it /metrics and the details of /readyz want Authorization: Bearer TOKEN, wherever from',
    },
    {
      zh: '不含空格的字母、数字和符号；生成：openssl rand -base64 32',
      en: 'letters, digits and signs without spaces; make one with: openssl rand -base64 32',
    },
    SECRET,
  ),
  WORKER_CONCURRENCY: setting(
    whole(1, 10_000),
    50,
    { zh: '一个 worker 同时回答多少个问题', en: 'turns answered at once by one worker' },
    FROM_ONE,
  ),
  TURN_TIMEOUT_MS: setting(
    whole(1000, 3_600_000),
    120_000,
    { zh: '一个回答最多用多久（毫秒）', en: 'longest answer' },
    { zh: '不小于 1000 的毫秒数', en: 'milliseconds from 1000' },
  ),
  TRIAL_CALLS: setting(
    whole(0, 1_000_000),
    10,
    { zh: '每个新用户送的次数，只送一回', en: 'calls given once per person' },
    A_COUNT,
  ),
  DAILY_CALLS: setting(
    whole(0, 1_000_000),
    0,
    { zh: '每人每天送的次数（北京时间）', en: 'calls given per day (Asia/Shanghai)' },
    A_COUNT,
  ),
  RATE_PER_MINUTE: setting(
    whole(1, 100_000),
    20,
    { zh: '一个用户一分钟最多问几个问题', en: 'turns one user may start in a minute' },
    FROM_ONE,
  ),
  MERGE_WITHIN_MS: optional(
    whole(0, 60_000),
    {
      zh: '连着发的短消息，相隔不超过这么久（毫秒）、还没开始回答的，合成一个问题；0 表示不合并',
      en: 'short texts that follow each other this fast, before answering began, are one question; 0 for never',
    },
    { zh: '不小于 0 的毫秒数', en: 'milliseconds from 0' },
    {
      fallbackText: {
        zh: '账号能主动发消息时为 2000，否则为 0',
        en: '2000 where the account may push, else 0',
      },
    },
  ),
  WORDS_FILE: optional(text, { zh: '敏感词文件', en: 'sensitive words' }, A_PATH, {
    fallbackText: { zh: 'CONFIG_DIR/words.txt，有就用', en: 'CONFIG_DIR/words.txt if present' },
  }),
  ALLOWLIST_FILE: optional(
    text,
    { zh: '白名单文件：不受限速和敏感词限制的用户', en: 'allowlisted users' },
    A_PATH,
    { fallbackText: { zh: 'CONFIG_DIR/allowlist.txt，有就用', en: 'CONFIG_DIR/allowlist.txt if present' } },
  ),
  TEXTS_FILE: optional(text, { zh: '话术文件', en: 'wording' }, A_PATH, {
    fallbackText: { zh: 'CONFIG_DIR/texts.yaml，有就用', en: 'CONFIG_DIR/texts.yaml if present' },
  }),
  LOCALE: setting(
    z.enum(['zh-CN', 'en']),
    'zh-CN',
    { zh: '对用户说的话用哪种语言', en: 'language of everything the bot says' },
    { zh: 'zh-CN 或 en', en: 'zh-CN or en' },
  ),
  AI_LABEL: setting(
    flag,
    true,
    { zh: '在回答上标明由 AI 生成', en: 'marks answers as AI-generated' },
    { zh: 'on 或 off', en: 'on or off' },
    { fallbackText: 'on' },
  ),
}
