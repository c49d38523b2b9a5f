import type { Config } from '../../base/config.ts'
import { openToOthers } from '../../base/private-files.ts'
import { say } from '../../base/say.ts'
import { privateFiles, privateFolders } from '../private-files.ts'
import { type Examination, ok, warning } from './check.ts'

/** Whether other users of the machine can read what is kept. */
export const examinePrivacy = (config: Config): Examination => ({
  name: 'privacy',
  async run() {
    const files = openToOthers(privateFiles(config))
    const folders = openToOthers(privateFolders(config))
    if (files.length === 0 && folders.length === 0)
      return ok(say({ zh: '机器上的其他用户看不到数据', en: 'no other user can read what is kept' }))
    const fixes = [
      ...(files.length > 0 ? [`chmod 600 ${files.join(' ')}`] : []),
      ...(folders.length > 0 ? [`chmod 700 ${folders.join(' ')}`] : []),
    ]
    return warning(
      say({
        zh: `机器上的其他用户能看到 ${[...files, ...folders].join('、')}`,
        en: `other users of this machine can look into ${[...files, ...folders].join(', ')}`,
      }),
      say({ zh: `请运行：${fixes.join(' && ')}`, en: `run: ${fixes.join(' && ')}` }),
    )
  },
})
