import type { Words } from './say.ts'
import { ANSWERING } from './settings/answering.ts'
import { COMPOSE_NAMES } from './settings/compose.ts'
import { KEEPING } from './settings/keeping.ts'
import { MODELS } from './settings/models.ts'
import { OPERATION, SERVICE } from './settings/service.ts'
import type { Setting } from './settings/setting.ts'
import { WECHAT } from './settings/wechat.ts'

/** Every setting there is, in the order `.env.example` shows them. */
export const SETTINGS = {
  ...SERVICE,
  ...WECHAT,
  ...MODELS,
  ...ANSWERING,
  ...KEEPING,
  ...OPERATION,
} satisfies { [name: string]: Setting<unknown> }

export type SettingName = keyof typeof SETTINGS
export type SettingValues = {
  [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T> ? T : never
}

/** `.env.example`: every setting commented out at its default, so that copying it changes nothing. Chinese, then English. */
export const envExample = (): string => {
  const blocks = Object.entries(SETTINGS).map(([name, each]: [string, Setting<unknown>]) => {
    const { about, fallback, fallbackText } = each
    const written = typeof fallbackText === 'string' ? fallbackText : String(fallback)
    const byDefault = fallback === undefined ? wordsOf(fallbackText) : undefined
    return [
      `# ${about.zh}${byDefault ? `（默认：${byDefault.zh}）` : ''}`,
      `# ${about.en}${byDefault ? ` (default: ${byDefault.en})` : ''}`,
      `#${name}=${fallback === undefined ? '' : written}\n`,
    ].join('\n')
  })
  const ofCompose = Object.entries(COMPOSE_NAMES).map(
    ([name, { about, fallback }]) => `# ${about.zh}\n# ${about.en}\n#${name}=${fallback}\n`,
  )
  return [`${HEAD.join('\n')}\n`, ...blocks, `${COMPOSE_HEAD.join('\n')}\n`, ...ofCompose].join('\n')
}

const HEAD = [
  '# 所有设置都可以不填。名字_FILE=/路径 表示从文件里读这个设置的值。',
  '# 不认识的名字、不对的值会让启动停下，并一次全部列出来。',
  '# All settings are optional. NAME_FILE=/path reads the value of NAME from a file.',
  '# Unknown or wrong values stop the start, all reported together.',
]

const COMPOSE_HEAD = [
  '# ── 以下的名字只有 docker-compose.yml 和 scripts/deploy.sh 会读 ──',
  '# ── Read by docker-compose.yml and scripts/deploy.sh alone ──',
]

const wordsOf = (text: string | Words | undefined): Words | undefined =>
  typeof text === 'string' ? { zh: text, en: text } : text
