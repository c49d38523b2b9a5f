import type { Log } from '../../src/base/log.ts'

export type LogLine = { level: keyof Log; fields: object; message: string }

/** A log whose lines a test can look at. */
export const logTo = (): { log: Log; lines: LogLine[] } => {
  const lines: LogLine[] = []
  const write = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  return {
    log: { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') },
    lines,
  }
}
