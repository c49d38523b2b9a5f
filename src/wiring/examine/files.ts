import { systemClock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import { BrokenFileError } from '../live-file.ts'
import { openLiveFiles } from '../live-files.ts'
import { openPublicFiles } from '../public-files.ts'
import { type Examination, error, ok, type Verdict, warning } from './check.ts'

/** Words, trusted users, wording: as the service would read them when it starts. */
export const examineFiles = (config: Config): Examination[] => [
  { name: 'files', run: () => readOnce(config) },
]

const readOnce = async (config: Config): Promise<Verdict> => {
  try {
    const files = await openLiveFiles(config, { clock: systemClock, log: silentLog })
    await files.stop()
    const { size } = files.allowlist()
    const { served, passedOver } = await openPublicFiles(config.CONFIG_DIR).list()
    const shown =
      served.length === 0
        ? ''
        : say({ zh: `；公开：${served.join('、')}`, en: `; shown to all: ${served.join(', ')}` })
    const detail = say({
      zh: `敏感词、话术、白名单（${size} 人）都能读${shown}`,
      en: `words, wording, and a list of ${size} trusted users: readable${shown}`,
    })
    if (passedOver.length === 0) return ok(detail)
    return warning(
      say({
        zh: `${detail}；public/ 里的 ${passedOver.join('、')} 不会公开`,
        en: `${detail}; not shown of public/: ${passedOver.join(', ')}`,
      }),
      say({
        zh: '只公开微信给的验证文件（原名，如 MP_verify_….txt，内容不改）和 qr.png、qr.jpg（1 MB 以内的图片）',
        en: 'only what WeChat gives as proof is (MP_verify_….txt, name and words as they were), and qr.png, qr.jpg, pictures up to 1 MB',
      }),
    )
  } catch (thrown) {
    if (thrown instanceof BrokenFileError) return error(thrown.message.replaceAll('\n  ', ' '))
    throw thrown
  }
}
