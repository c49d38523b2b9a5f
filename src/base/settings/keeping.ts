import { z } from 'zod'
import { FROM_ONE, optional, SECRET, setting, whole } from './setting.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const UNIT_MS: { [unit: string]: number } = { m: MINUTE_MS, h: 3_600_000, d: DAY_MS }

/** `30m`, `24h` or `365d`, in milliseconds. */
const duration = (minMs: number) =>
  z
    .string()
    .regex(/^\d{1,5}[mhd]$/)
    .transform((value) => Number(value.slice(0, -1)) * (UNIT_MS[value.slice(-1)] ?? 0))
    .pipe(z.number().min(minMs))

const FOR_GOOD = { fallbackText: { zh: '一直保留', en: 'for good' } }

/** How long what is kept, and what is kept of it elsewhere. */
export const KEEPING = {
  BACKUP_EVERY: setting(
    z.union([z.literal('0').transform(() => 0), duration(10 * MINUTE_MS)]),
    DAY_MS,
    {
      zh: '每隔多久自动备份一次，存在 DATA_DIR/backups；0 表示不自动备份',
      en: 'how often a backup is made, in DATA_DIR/backups; 0: never',
    },
    {
      zh: '分钟、小时或天，至少 10m，例如 24h；或 0',
      en: 'minutes, hours or days, from 10m, such as 24h; or 0',
    },
    { fallbackText: '24h' },
  ),
  BACKUP_KEEP: setting(
    whole(1, 10_000),
    14,
    { zh: '保留最近几份备份，更早的自动删除', en: 'how many backups stay; older ones are removed' },
    FROM_ONE,
  ),
  BACKUP_KEY: optional(
    z.string().min(16).max(200),
    {
      zh: '备份的加密口令（age 格式）；请另外保管好，丢了它备份就打不开',
      en: 'encrypts backups (age format); keep it elsewhere as well, nobody opens them without it',
    },
    {
      zh: '至少 16 个字符；生成：openssl rand -base64 32',
      en: 'at least 16 characters; make one with: openssl rand -base64 32',
    },
    { fallbackText: { zh: '不设，备份不加密', en: 'none, they are not encrypted' }, ...SECRET },
  ),
  KEEP_TURNS: optional(
    // An answer that waits to be asked for is kept for eight days, a link to one opens for seven.
    duration(8 * DAY_MS),
    {
      zh: '问题和回答保留多久；账本里的次数一直都在',
      en: 'how long questions and answers are kept; the figures of the ledger always stay',
    },
    { zh: '天数，至少 8d，例如 365d', en: 'days, from 8d, such as 365d' },
    FOR_GOOD,
  ),
  KEEP_AUDIT: optional(
    duration(DAY_MS),
    { zh: '运营者操作记录保留多久', en: 'how long the record of what operators did is kept' },
    { zh: '天数，例如 365d', en: 'days, such as 365d' },
    FOR_GOOD,
  ),
  KEEP_WIRE: optional(
    duration(MINUTE_MS),
    {
      zh: '沙盒里的收发记录显示多久；最多 300 条，只在内存里，重启即清空',
      en: 'how long the sandbox shows what went over the wire: 300 messages at most, in memory alone, gone with a restart',
    },
    { zh: '分钟、小时或天，例如 30m、24h、7d', en: 'minutes, hours or days, such as 30m, 24h or 7d' },
    { fallbackText: { zh: '直到又来了 300 条', en: 'until 300 newer ones have come' } },
  ),
}
