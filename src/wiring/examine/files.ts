import { systemClock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import { BrokenFileError } from '../live-file.ts'
import { openLiveFiles } from '../live-files.ts'
import { type Examination, error, ok, type Verdict } from './check.ts'

/** Words, trusted users, wording: as the service would read them when it starts. */
export const examineFiles = (config: Config): Examination[] => [
  { name: 'files', run: () => readOnce(config) },
]

const readOnce = async (config: Config): Promise<Verdict> => {
  try {
    const files = await openLiveFiles(config, { clock: systemClock, log: silentLog })
    await files.stop()
    const { size } = files.allowlist()
    return ok(
      say({
        zh: `敏感词、话术、白名单（${size} 人）都能读`,
        en: `words, wording, and a list of ${size} trusted users: readable`,
      }),
    )
  } catch (thrown) {
    if (thrown instanceof BrokenFileError) return error(thrown.message.replaceAll('\n  ', ' '))
    throw thrown
  }
}
