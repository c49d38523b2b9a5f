import { type Command, Help } from 'commander'
import { say, type Words } from '../base/say.ts'

/** What commander says of its own, in the operator's language: headings, its help, what was typed wrongly. */
export const speakCommander = (program: Command): Command =>
  program
    .helpOption('-h, --help', say({ zh: '显示这份说明', en: 'display help for command' }))
    .helpCommand('help [command]', say({ zh: '显示一个命令的说明', en: 'display help for command' }))
    .configureHelp({
      styleTitle: (title) => say({ zh: TITLES[title] ?? title, en: title }),
      commandUsage: (command) => placeholders(plain.commandUsage(command)),
      subcommandTerm: (command) => placeholders(plain.subcommandTerm(command)),
      optionDescription: (option) => withDefault(plain.optionDescription(option)),
      argumentDescription: (argument) => withDefault(plain.argumentDescription(argument)),
    })

const plain = new Help()

const TITLES: { [title: string]: string } = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
}

const placeholders = (term: string): string =>
  say({ zh: term.replace('[options]', '[选项]').replace('[command]', '[命令]'), en: term })

const withDefault = (description: string): string =>
  say({ zh: description.replace(/ ?\(default: (.*)\)$/, '（默认 $1）'), en: description })

/** A mistake as commander words it. What it words in a way that is not known here stays as it is. */
export const mistakeOf = (text: string): string => {
  for (const { wording, zh } of MISTAKES) {
    const found = wording.exec(text.trim())
    if (found) return say({ zh: `错误：${zh(found)}`, en: text })
  }
  return text
}

type Mistake = { wording: RegExp; zh(found: RegExpExecArray): string }

/** `error()` in https://github.com/tj/commander.js/blob/master/lib/command.js */
const MISTAKES: readonly Mistake[] = [
  {
    wording: /^error: missing required argument '(.*)'$/s,
    zh: ([, name]) => `缺少参数 <${name}>；加 --help 看怎么用`,
  },
  { wording: /^error: option '(.*)' argument missing$/s, zh: ([, flags]) => `选项 '${flags}' 后面缺少内容` },
  { wording: /^error: required option '(.*)' not specified$/s, zh: ([, flags]) => `缺少选项 '${flags}'` },
  {
    wording: /^error: unknown option '(.*?)'(?:\n\(Did you mean (.*)\?\))?$/s,
    zh: ([, flag, meant]) => `没有选项 '${flag}'${instead(meant)}`,
  },
  {
    wording: /^error: unknown command '(.*?)'(?:\n\(Did you mean (.*)\?\))?$/s,
    zh: ([, name, meant]) => `没有命令 '${name}'${instead(meant)}`,
  },
  {
    wording:
      /^error: too many arguments(?: for '(.*?)')?\. Expected (\d+) arguments? but got (\d+): (.*)\.$/s,
    zh: ([, name, expected, got, what]) =>
      `${name ? `'${name}' 的` : ''}参数太多：应有 ${expected} 个，却写了 ${got} 个（${what}）`,
  },
  {
    wording: /^error: option '(.*?)' argument '(.*)' is invalid\. (.*)$/s,
    zh: ([, flags, value, why]) => `选项 '${flags}' 的 '${value}' 不对。${why}`,
  },
  {
    wording: /^error: command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s,
    zh: ([, value, name, why]) => `参数 <${name}> 的 '${value}' 不对。${why}`,
  },
  {
    wording: /^error: option '(.*)' cannot be used with option '(.*)'$/s,
    zh: ([, one, other]) => `选项 '${one}' 和 '${other}' 不能一起用`,
  },
]

const instead = (meant: string | undefined): string =>
  meant === undefined
    ? '；加 --help 看有哪些'
    : `：是不是 ${meant.replace(/^one of /, '').replaceAll(', ', '、')}？`

/** Of the option that every command takes. */
export const AS_JSON: Words = { zh: '结果用一个 JSON 文档给出', en: 'one JSON document on stdout' }
