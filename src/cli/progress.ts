import { say } from '../base/say.ts'
import { figure } from './printable.ts'

export type ProgressParts = {
  /** `cards`, 「张卡密」: what there are `total` of, in the operator's language. */
  what: string
  total: number
  stream: { isTTY?: boolean; write(text: string): unknown }
  now: () => number
}

export type Progress = { reached(done: number): void; end(): void }

const DRAW_EVERY_MS = 100
const TELL_EVERY_MS = 5000
const BAR_CHARS = 30

/** One line on a terminal that fills up and goes; elsewhere a plain line every few seconds, of long work alone. */
export const createProgress = ({ what, total, stream, now }: ProgressParts): Progress => {
  const draws = stream.isTTY === true
  const everyMs = draws ? DRAW_EVERY_MS : TELL_EVERY_MS
  let toldAt = now()
  let drawn = false
  return {
    reached(done) {
      const at = now()
      if (at - toldAt < everyMs) return
      toldAt = at
      drawn = true
      const share = total > 0 ? Math.min(1, done / total) : 1
      const percent = `${Math.floor(share * 100)}%`
      const words = say({
        zh: `${figure(done)} / ${figure(total)} ${what}（${percent}）`,
        en: `${figure(done)} of ${figure(total)} ${what} (${percent})`,
      })
      stream.write(draws ? `\r${barOf(share)} ${words}\x1b[K` : `${words}\n`)
    },
    end() {
      if (draws && drawn) stream.write('\r\x1b[K')
    },
  }
}

const barOf = (share: number): string => {
  const filled = Math.round(share * BAR_CHARS)
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_CHARS - filled)}]`
}
