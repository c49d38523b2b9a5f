import { say } from '../../base/say.ts'
import { createProgress } from '../progress.ts'

/** A bar for rows, whose number is known once the first of them is reached. */
export const rowProgress = () => {
  let progress: ReturnType<typeof createProgress> | undefined
  return {
    reached(rows: number, total: number): void {
      progress ??= createProgress({
        what: say({ zh: '行', en: 'rows' }),
        total,
        stream: process.stderr,
        now: () => performance.now(),
      })
      progress.reached(rows)
    },
    end(): void {
      progress?.end()
    },
  }
}
