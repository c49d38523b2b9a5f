import { bareText } from './bare-text.ts'
import { COMMANDS, type Command } from './commands.ts'

/** What was probably meant by a short text that is no command: the word to send. */
export const nearCommand = (text: string): string | undefined => {
  if (text.length > MAX_CHARS) return undefined
  const bare = bareText(text)
  if (WORDS.has(bare)) return undefined
  const link = HEARD.get(bare) ?? doubled(bare) ?? TARGETS.find(({ word }) => isNear(bare, word))?.link
  return link && (/\p{Script=Han}/u.test(bare) ? link.han : link.latin)
}

const MAX_CHARS = 24

/** English words that are looked up as they stand, one letter from a command's. */
const WORDS: ReadonlySet<string> = new Set([
  ...['mode', 'modes', 'modal', 'modem', 'moder', 'yodel', 'remodel', 'modeled', 'quote', 'quotes', 'logic'],
  ...['logan', 'lo-gin', 'unwind', 'unkind', 'retro', 'stoop', 'credit', 'credits', 'redeemed', 'redeemer'],
  ...['continued', 'continues', 'continual', 'balances', 'balanced', 'logins', 'entry', 'retire', 'binds'],
  ...['hello', 'whelp', 'helps', 'forget', 'forge me', 'forget it', 'log on', 'log out of', 'logit', 'edu'],
])

/**
 * Words of a command that are long enough to be known with a letter wrong: of shorter ones most slips are other words,
 * such as 目录 for 登录, or core for more.
 */
const TARGETS: readonly { word: string; link: Command['link'] }[] = Object.values(COMMANDS).flatMap(
  ({ words, link }: Command) =>
    words
      .filter((word) => (/^[a-z]/.test(word) ? word.length >= 4 : word.length >= 3))
      .map((word) => ({ word, link })),
)
/** What is written for a word of two characters by its sound, or by the letters of its sound. */
const SOUNDS: readonly (readonly [Command, readonly string[]])[] = [
  [COMMANDS.more, ['jixu', '继读', '既续', '接续', '继序', '机续']],
  [COMMANDS.balance, ['edu', 'cishu', '额渡', '恶度', '额读', '次术', '次树']],
  [COMMANDS.login, ['denglu', '登路', '登绿', '灯录', '登禄', '等录']],
  [COMMANDS.help, ['bangzhu', '帮住', '帮组', '邦助', '帮祝']],
  [COMMANDS.stop, ['tingzhi', '停只', '停至', '挺止', '听止']],
  [COMMANDS.bind, ['bangding', '邦定', '绑订', '榜定', '帮定', '绑顶']],
  [COMMANDS.unbind, ['jiebang', '解榜', '解邦', '借绑', '解帮']],
  [COMMANDS.redeem, ['duihuan', '兑唤', '兑焕', '兑还']],
  [COMMANDS.model, ['moxing', '墨型', '模形', '魔型', '莫型', '模行']],
  [COMMANDS.retry, ['chongda', '充答', '重达', '从答']],
  [COMMANDS.newConversation, ['xinduihua']],
]
const HEARD: ReadonlyMap<string, Command['link']> = new Map(
  SOUNDS.flatMap(([{ link }, sounds]) => sounds.map((sound) => [sound, link] as const)),
)

/** 「额度度」. */
const doubled = (bare: string): Command['link'] | undefined => {
  const single = bare.replace(/(\p{Script=Han})\1+/gu, '$1')
  if (single === bare) return undefined
  return Object.values(COMMANDS).find(({ words }: Command) => words.includes(single))?.link
}

/** One letter wrong, missing, too many, or two in each other's place; of four letters the last two alone. */
const isNear = (text: string, word: string): boolean => {
  if (text === word || Math.abs(text.length - word.length) > 1) return false
  // A word of three characters with one missing is another word.
  if (Math.min(text.length, word.length) < 3) return false
  let first = 0
  while (first < Math.min(text.length, word.length) && text[first] === word[first]) first += 1
  let last = 0
  const most = Math.min(text.length, word.length) - first
  while (last < most && text.at(-1 - last) === word.at(-1 - last)) last += 1
  const [typed, meant] = [text.slice(first, text.length - last), word.slice(first, word.length - last)]
  const isSwapped = typed.length === 2 && meant.length === 2 && typed === `${meant[1]}${meant[0]}`
  const isDoubled = typed.length === 1 && meant === '' && text[first - 1] === typed
  if (isSwapped || isDoubled) return true
  const [isHan, length] = [/\p{Script=Han}/u.test(word), word.length]
  // Of short words one letter makes another: 换发型 is not 换模型, and core not more.
  if (length < (isHan ? 3 : 5)) return false
  if (typed.length === 1 && meant.length === 1) return length > 3
  // 删除我的数据库 is another thing.
  if (isHan && meant === '' && (first === 0 || last === 0)) return false
  return typed.length <= 1 && meant.length <= 1
}
