import type { Words } from '../../src/base/say.ts'
import type { Scene } from './scene.ts'
import * as answers from './steps/answers.ts'
import * as data from './steps/data.ts'
import * as first from './steps/first-start.ts'
import { full } from './steps/full.ts'
import { init } from './steps/init.ts'
import { tls } from './steps/tls.ts'
import * as versions from './steps/versions.ts'

export type Step = { name: string; title: Words; run(scene: Scene): Promise<string> }

/** Without these no other can be. */
export const GROUND: Step[] = [
  { name: 'init', title: { zh: '回答 init.sh 的问题', en: 'init.sh is answered' }, run: init },
  { name: 'build', title: { zh: '构建镜像', en: 'the image is built' }, run: first.build },
  { name: 'start', title: { zh: '第一次启动', en: 'the first start' }, run: first.start },
]

export const STEPS: Step[] = [
  {
    name: 'confined',
    title: { zh: '非 root，根目录只读', en: 'not root, read-only root' },
    run: first.confined,
  },
  {
    name: 'message',
    title: { zh: '一条消息得到回答，晚到的推送', en: 'a message is answered, a late one pushed' },
    run: answers.message,
  },
  {
    name: 'front',
    title: { zh: '前端只放该放的', en: 'the front lets through what it should' },
    run: answers.front,
  },
  {
    name: 'tls',
    title: { zh: '有域名时：证书、HTTP/2', en: 'with a domain: certificate, HTTP/2' },
    run: tls,
  },
  {
    name: 'restart',
    title: { zh: '停止与再启动，数据不变', en: 'stopped and started again, with the same data' },
    run: answers.restart,
  },
  { name: 'daily', title: { zh: '每天用的命令', en: 'the commands of every day' }, run: data.daily },
  {
    name: 'backup',
    title: { zh: '备份、校验、列表', en: 'a backup is made, verified, listed' },
    run: data.backup,
  },
  {
    name: 'refusals',
    title: { zh: '做不到的用一行话拒绝', en: 'what cannot be is refused in one line' },
    run: data.refusals,
  },
  { name: 'pre', title: { zh: '新版本用副本预演', en: 'the next version on a copy' }, run: versions.pre },
  {
    name: 'upgrade',
    title: { zh: '有人使用时升级', en: 'upgraded while people write' },
    run: versions.upgrade,
  },
  {
    name: 'failed-upgrade',
    title: { zh: '升级失败，旧版本不动', en: 'a failed upgrade leaves the old one' },
    run: versions.failedUpgrade,
  },
  {
    name: 'rollback',
    title: { zh: '有人使用时回退', en: 'back again while people write' },
    run: versions.rollback,
  },
  { name: 'restore', title: { zh: '恢复到全新的一套', en: 'restored into a fresh set' }, run: data.restore },
  {
    name: 'full',
    title: { zh: 'full：多个进程，MySQL 和 Redis', en: 'full: several processes, MySQL and Redis' },
    run: full,
  },
]

/** What `--only` names; undefined where it is not said. */
export const onlyOf = (args: string[]): string | undefined => {
  const at = args.indexOf('--only')
  return at === -1 ? undefined : (args[at + 1] ?? '')
}

const KNOWN = ['--keep', '--private', '--only']

/** What cannot be understood, undefined when all of it can. */
export const misunderstood = (args: string[]): Words | undefined => {
  const only = onlyOf(args)
  const names = STEPS.map(({ name }) => name)
  if (only !== undefined && !names.includes(only))
    return { zh: `--only 后面写其中之一：${names.join(' ')}`, en: `--only takes one of: ${names.join(' ')}` }
  const unknown = args.find((arg) => arg !== only && !KNOWN.includes(arg))
  if (unknown === undefined) return undefined
  return {
    zh: `不认识 ${unknown}；可以用 --keep --private --only 步骤`,
    en: `${unknown} is unknown; there are --keep --private --only STEP`,
  }
}
