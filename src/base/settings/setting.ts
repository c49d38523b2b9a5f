import { z } from 'zod'
import type { Words } from '../say.ts'

/** One environment variable: how it is read, what it means, and how a mistake is mended. */
export type Setting<T> = {
  read: z.ZodType<T, string>
  /** Used when the variable is missing or empty. */
  fallback: T
  /** The default as the documents say it, when it is not plainly the fallback. */
  fallbackText?: string | Words
  about: Words
  /** How a right value looks; ends the sentence "expected …", 「应为……」. */
  fix: Words
  secret?: true
}

type More = { fallbackText?: string | Words; secret?: true }

export const setting = <T>(
  read: z.ZodType<T, string>,
  fallback: NoInfer<T>,
  about: Words,
  fix: Words,
  more: More = {},
): Setting<T> => ({ read, fallback, about, fix, ...more })

export const optional = <T>(
  read: z.ZodType<T, string>,
  about: Words,
  fix: Words,
  more: More = {},
): Setting<T | undefined> => ({
  ...{ read, fallback: undefined, about, fix },
  fallbackText: { zh: '不设', en: 'none' },
  ...more,
})

export const SECRET = { secret: true } as const

export const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))

export const flag = z
  .enum(['0', '1', 'true', 'false', 'on', 'off'])
  .transform((value) => /^(1|true|on)$/.test(value))
export const text = z.string().min(1)
export const url = (protocols: RegExp) =>
  z.url({ protocol: protocols }).transform((value) => value.replace(/\/+$/, ''))
export const httpUrl = url(/^https?$/)
/** As other programs take it: without a scheme it is http. */
export const proxyUrl = z
  .string()
  .transform((value) => (value.includes('://') ? value : `http://${value}`).replace(/^socks5?h?:/, 'socks5:'))
  .pipe(z.url({ protocol: /^(https?|socks5)$/ }))
export const aesKey = z.string().regex(/^[A-Za-z0-9]{43}$/)
export const secret32 = z.string().refine((value) => Buffer.from(value, 'base64').length === 32)

export const A_PORT = { zh: '端口号', en: 'a port number' }
export const A_PATH = { zh: '文件路径', en: 'a path' }
export const HTTP_URL = { zh: 'http(s) 网址', en: 'an http(s) URL' }
export const A_COUNT = { zh: '不小于 0 的整数', en: 'a whole number' }
export const FROM_ONE = { zh: '不小于 1 的整数', en: 'a number from 1' }
export const ON_OR_OFF = { zh: '0 或 1', en: '0 or 1' }
