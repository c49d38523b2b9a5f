import { check } from '../report.ts'
import type { Scene } from '../scene.ts'

/** Asked for what the account is, as somebody without a domain answers; the rest is made by it. */
export const init = async ({ server, internet, frontUrl, isBeside }: Scene): Promise<string> => {
  const { appId, appSecret, token, aesKey } = internet.platform.account
  const { port } = new URL(frontUrl)
  const account = [appId, appSecret, token, aesKey]
  const answers = ['', port, frontUrl, ...account, internet.modelBase, 'sk-rehearsal', 'scripted', '']
  await server.type('sh scripts/init.sh', `${answers.join('\n')}\n`)
  const modes = await server.type('stat -c "%a %n" .env secrets secrets/*')
  check(
    modes.split('\n').every((line) => /^(?:600|700) /.test(line)),
    { zh: '别人能读这些文件', en: 'others may read these files' },
    modes,
  )
  // The world outside is the simulated one.
  server.set('WECHAT_API_BASE', internet.apiBase)
  if (isBeside) {
    server.set('YINGDA_IMAGE', 'yingda-rehearsal')
    server.set('HTTPS_PORT', '18443')
  }
  return ''
}
