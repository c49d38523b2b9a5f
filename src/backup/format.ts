import { z } from 'zod'

/** The number in every header. A reader refuses a higher one. */
export const FORMAT = 1
export const FORMAT_NAME = 'yingda-backup'

const MAX_NAME_CHARS = 128
/** No line is longer: it has to be held in memory. A row of two answers as long as MySQL takes would be refused. */
export const MAX_LINE_CHARS = 32 * 1024 * 1024

const name = z.string().min(1).max(MAX_NAME_CHARS)
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const kind = z.enum(['boolean', 'integer', 'decimal', 'text', 'blob', 'json', 'time'])

const table = z.object({
  name,
  key: z.array(name).min(1).max(32),
  columns: z.array(z.object({ name, kind })).min(1).max(1000),
  rows: count,
})

/** The first line. */
export const headerSchema = z.object({
  format: z.literal(FORMAT_NAME),
  formatVersion: z.number().int().min(1),
  createdAt: z.iso.datetime(),
  /** Of the program that wrote it. */
  program: z.string().max(MAX_NAME_CHARS),
  engine: z.string().max(MAX_NAME_CHARS),
  /** The newest migration, without `.ts`. */
  schema: z.string().max(MAX_NAME_CHARS),
  migrations: z.array(name).max(10_000),
  /** What the APP_SECRET that sealed the rows is known by; the secret itself is not in a backup. */
  secret: z.string().max(MAX_NAME_CHARS),
  /** About how many bytes the database took on its disk. */
  bytes: count,
  tables: z.array(table).max(1000),
})

/** Before the rows of each table. */
export const tableStartSchema = z.object({ table: name })

/** The last line. */
export const footerSchema = z.object({
  end: z.literal(true),
  tables: z.record(name, z.object({ rows: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
})

export type Header = z.infer<typeof headerSchema>
export type Footer = z.infer<typeof footerSchema>
export type HeaderTable = Header['tables'][number]

export const versionOf = (migrations: readonly string[]): string =>
  (migrations.toSorted().at(-1) ?? 'none').replace(/\.ts$/, '')
