import { writeFileSync } from 'node:fs'
import stringWidth from 'string-width'
import { stringify } from 'yaml'
import { KEYS, PLACEHOLDERS, type TextKey, type TextSpec } from '../src/conversation/texts/keys.ts'
import { TEXT_KEYS, wordingOf } from '../src/conversation/texts/live-texts.ts'
import type { Locale } from '../src/conversation/texts.ts'

/** Writes what operators read about wordings from the catalogue itself: `node scripts/texts-docs.ts`. */
export const textsDocs = (): { [path: string]: string } => ({
  'docs/texts.md': page(),
  'docs/texts.example.yaml': example('zh-CN'),
  'docs/texts.example.en.yaml': example('en'),
})

const SYNTAX = [
  ['`{seconds}`', 'the value; each text has its own, see below'],
  ['`{parts\\|part\\|parts}`', 'the first word when the value is 1, else the second'],
  ['`{tap:继续}`', 'a link that sends the word when it is tapped; name the word beside it as well'],
  ['`{{` and `}}`', 'a brace'],
]

const page = (): string => `# Wording

Everything the bot says can be said in your words. Put those you want to change into \`CONFIG_DIR/texts.yaml\`, or into the
file that \`TEXTS_FILE\` names; all others stay as they are shipped. Begin with a copy of
[texts.example.yaml](texts.example.yaml) (Chinese) or [texts.example.en.yaml](texts.example.en.yaml) (English), where every
text is commented out.

\`\`\`yaml
greeting: 你好，我是小应。直接发文字问我就好。
tooFast: 慢一点，{seconds} 秒后再问我。{code}
onlyText:
  voice: 语音我还听不懂，请打字告诉我。
help: |
  直接发文字提问。
  发送「额度」看看还剩多少次（点这里{tap:额度}）。
\`\`\`

The file is read again when it changes. A version with a mistake is reported in the log, every mistake with its line, and
the version before it stays in use. The file is UTF-8 and has at most 64 KiB, a text at most 1500 bytes (500 Chinese
characters); no control characters, tabs included. A text with \`: \` in it or that begins with a sign, such as \`{\`, stands
in quotes.

## What may stand in braces

${table(['written', 'becomes'], SYNTAX)}

${table(['placeholder', 'is'], placeholderRows())}

## The texts

Placeholders in **bold** have to stay. Lines of a longer message and what stands after an answer have less room; a text that
grows too long is reported with its size. Links are not shown in: ${withoutLinks()}.

What asks nothing costs nothing: ${mayBeEmpty()} are said in the place of an answer. Where one is empty (\`""\`, as
\`smallTalk.hello\` and \`smallTalk.nod\` are shipped: either may be the answer to a question of the model) the text goes to the
model, and is counted.

${table(['key', 'said', 'placeholders'], TEXT_KEYS.map(keyRow))}
`

const placeholderRows = (): string[][] =>
  Object.entries(PLACEHOLDERS).map(([name, { about }]) => [`\`{${name}}\``, about])

const keyRow = (key: TextKey): string[] => {
  const { when, takes, must }: TextSpec = KEYS[key]
  const named = takes.map((name) => (must.includes(name) ? `**\`{${name}}\`**` : `\`{${name}}\``))
  return [`\`${key}\``, when, named.join(' ')]
}

const withoutLinks = (): string =>
  TEXT_KEYS.filter((key) => KEYS[key].plain)
    .map((key) => `\`${key}\``)
    .join(', ')

const mayBeEmpty = (): string =>
  TEXT_KEYS.filter((key) => KEYS[key].mayBeEmpty)
    .map((key) => `\`${key}\``)
    .join(', ')

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
    lines.push(`#${indent}# ${KEYS[key].when}`)
    const text = stringify({ [part ?? top]: wording[key] }, { lineWidth: 0 }).trimEnd()
    lines.push(...text.split('\n').map((each) => `#${indent}${each}`))
  }
  return `# The texts as they are shipped, for LOCALE=${locale}. Take the # away before those to change; docs/texts.md explains.\n${lines.join('\n')}\n`
}

if (import.meta.main) for (const [path, text] of Object.entries(textsDocs())) writeFileSync(path, text)
