import { writeFileSync } from 'node:fs'
import stringWidth from 'string-width'
import { stringify } from 'yaml'
import { KEYS, PLACEHOLDERS, type TextKey, type TextSpec } from '../src/conversation/texts/keys.ts'
import { TEXT_KEYS, wordingOf } from '../src/conversation/texts/live-texts.ts'
import type { Locale } from '../src/conversation/texts.ts'
import { PLACEHOLDERS_ZH, WHEN_ZH } from './texts-docs-zh.ts'

/** Writes what operators read about wordings from the catalogue itself: `node scripts/texts-docs.ts`. */
export const textsDocs = (): { [path: string]: string } => ({
  'docs/texts.md': page(),
  'docs/zh/texts.md': chinesePage(),
  'docs/texts.example.yaml': example('zh-CN'),
  'docs/texts.example.en.yaml': example('en'),
})

const SYNTAX = [
  ['`{seconds}`', 'the value; each text has its own, see below'],
  ['`{parts\\|part\\|parts}`', 'the first word when the value is 1, else the second'],
  ['`{tap:继续}`', 'a link that sends the word when it is tapped; name the word beside it as well'],
  ['`{{` and `}}`', 'a brace'],
]

const SYNTAX_ZH = [
  ['`{seconds}`', '相应的值；每条话术有自己的，见下文'],
  ['`{parts\\|part\\|parts}`', '值是 1 时用第一个词，否则用第二个（英文用）'],
  ['`{tap:继续}`', '点了就发送这个词的链接；旁边请把词也写出来'],
  ['`{{` 和 `}}`', '花括号本身'],
]

const EXAMPLE = `\`\`\`yaml
greeting: 你好，我是小应。直接发文字问我就好。
tooFast: 慢一点，{seconds} 秒后再问我。{code}
onlyText:
  voice: 语音我还听不懂，请打字告诉我。
help: |
  直接发文字提问。
  发送「额度」看看还剩多少次（点这里{tap:额度}）。
\`\`\`
`

const page = (): string => `# Wording

[中文](zh/texts.md)

Everything the bot says can be said in your words. Put those you want to change into \`CONFIG_DIR/texts.yaml\`, or into the
file that \`TEXTS_FILE\` names; all others stay as they are shipped. Begin with a copy of
[texts.example.yaml](texts.example.yaml) (Chinese) or [texts.example.en.yaml](texts.example.en.yaml) (English), where every
text is commented out.

${EXAMPLE}
The file is read again when it changes. A version with a mistake is reported in the log, every mistake with its line, and
the version before it stays in use. The file is UTF-8 and has at most 64 KiB, a text at most 1500 bytes (500 Chinese
characters); no control characters, tabs included. A text with \`: \` in it or that begins with a sign, such as \`{\`, stands
in quotes.

## What may stand in braces

${table(['written', 'becomes'], SYNTAX)}

${table(['placeholder', 'is'], placeholderRows())}

## The texts

Placeholders in **bold** have to stay. Lines of a longer message and what stands after an answer have less room; a text that
grows too long is reported with its size. Links are not shown in: ${withoutLinks(', ')}.

What asks nothing costs nothing: ${mayBeEmpty(', ')} are said in the place of an answer. Where one is empty (\`""\`, as
\`smallTalk.hello\` and \`smallTalk.nod\` are shipped: either may be the answer to a question of the model) the text goes to the
model, and is counted.

${table(['key', 'said', 'placeholders'], TEXT_KEYS.map(keyRow))}
`

const chinesePage = (): string => `# 话术

[English](../texts.md)

机器人说的每句话都可以换成你的说法。把要改的写进 \`CONFIG_DIR/texts.yaml\`，或 \`TEXTS_FILE\` 指的文件；没写的保持原样。可以从 [texts.example.yaml](../texts.example.yaml)（中文）或 [texts.example.en.yaml](../texts.example.en.yaml)（英文）的副本开始，里面每一条都注释掉了。

${EXAMPLE}
文件改了会自动重新读取。新的内容有错，日志里会逐行指出，原来的继续用。文件用 UTF-8 编码，最大 64 KiB；一条话术最多 1500 字节（500 个汉字），不能有控制字符，制表符也不行。文字里有 \`: \`，或者以 \`{\` 这类符号开头时，要加引号。

## 花括号里可以写什么

${table(['写成', '变成'], SYNTAX_ZH)}

${table(['占位符', '是'], chinesePlaceholderRows())}

## 全部话术

**粗体** 的占位符必须保留。一条长消息里的各行、接在回答后面的话，地方更小；放不下时会说出有多大。这些地方不显示链接：${withoutLinks('、')}。

不去问模型的不扣次数：${mayBeEmpty('、')} 代替回答。哪一条是空的（\`""\`，\`smallTalk.hello\` 和 \`smallTalk.nod\` 原本就是空的：它们可能是对模型的问题的回答），文字就发给模型，计次数。

${table(['名字', '什么时候说', '占位符'], TEXT_KEYS.map(chineseKeyRow))}
`

const chinesePlaceholderRows = (): string[][] =>
  Object.entries(PLACEHOLDERS_ZH).map(([name, about]) => [`\`{${name}}\``, about])

const chineseKeyRow = (key: TextKey): string[] => {
  const [name = '', , placeholders = ''] = keyRow(key)
  return [name, WHEN_ZH[key], placeholders]
}

const placeholderRows = (): string[][] =>
  Object.entries(PLACEHOLDERS).map(([name, { about }]) => [`\`{${name}}\``, about])

const keyRow = (key: TextKey): string[] => {
  const { when, takes, must }: TextSpec = KEYS[key]
  const named = takes.map((name) => (must.includes(name) ? `**\`{${name}}\`**` : `\`{${name}}\``))
  return [`\`${key}\``, when, named.join(' ')]
}

const withoutLinks = (comma: string): string =>
  TEXT_KEYS.filter((key) => KEYS[key].plain)
    .map((key) => `\`${key}\``)
    .join(comma)

const mayBeEmpty = (comma: string): string =>
  TEXT_KEYS.filter((key) => KEYS[key].mayBeEmpty)
    .map((key) => `\`${key}\``)
    .join(comma)

/** A table as the formatter wants it, columns of one width. */
function table(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => stringWidth(cells[column] ?? ''))),
  )
  const line = (cells: readonly string[], fill: string) => {
    const padded = cells.map((cell, column) => cell + fill.repeat((widths[column] ?? 0) - stringWidth(cell)))
    return `| ${padded.join(' | ')} |`
  }
  const rule = head.map(() => '')
  return [line(head, ' '), line(rule, '-'), ...rows.map((cells) => line(cells, ' '))].join('\n')
}

/** Every text commented out as it is shipped: a copy changes nothing, and taking a # away makes a text one's own. */
const example = (locale: Locale): string => {
  const wording = wordingOf(locale)
  const lines: string[] = []
  let open = ''
  for (const key of TEXT_KEYS) {
    const [top = key, part] = key.split('.')
    const indent = part === undefined ? '' : '  '
    if (part === undefined) lines.push('')
    else if (open !== top) lines.push('', `#${top}:`)
    open = top
    lines.push(`#${indent}# ${locale === 'en' ? KEYS[key].when : WHEN_ZH[key]}`)
    const text = stringify({ [part ?? top]: wording[key] }, { lineWidth: 0 }).trimEnd()
    lines.push(...text.split('\n').map((each) => `#${indent}${each}`))
  }
  const head =
    locale === 'en'
      ? '# The texts as they are shipped, for LOCALE=en. Take the # away before those to change; docs/texts.md explains.'
      : `# 原本的话术（LOCALE=${locale}）。要改哪条，就去掉它前面的 #；说明见 docs/zh/texts.md。`
  return `${head}\n${lines.join('\n')}\n`
}

if (import.meta.main) for (const [path, text] of Object.entries(textsDocs())) writeFileSync(path, text)
