import type { Config } from '../../base/config.ts'
import { openToOthers } from '../../base/private-files.ts'
import { privateFiles, privateFolders } from '../private-files.ts'
import { type Examination, ok, warning } from './check.ts'

/** Whether other users of the machine can read what is kept. */
export const examinePrivacy = (config: Config): Examination => ({
  name: 'privacy',
  async run() {
    const files = openToOthers(privateFiles(config))
    const folders = openToOthers(privateFolders(config))
    if (files.length === 0 && folders.length === 0) return ok('no other user can read what is kept')
    const fixes = [
      ...(files.length > 0 ? [`chmod 600 ${files.join(' ')}`] : []),
      ...(folders.length > 0 ? [`chmod 700 ${folders.join(' ')}`] : []),
    ]
    return warning(
      `other users of this machine can look into ${[...files, ...folders].join(', ')}`,
      `run: ${fixes.join(' && ')}`,
    )
  },
})
