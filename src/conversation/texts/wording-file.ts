import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { closestName } from '../../base/closest-name.ts'
import { say, type Words } from '../../base/say.ts'
import { nestsDeeperThan } from '../../base/yaml-depth.ts'
import { byteLength } from '../split-text.ts'
import type { Locale } from '../texts.ts'
import { judgeSize, judgeTemplate } from './judge-wording.ts'
import type { TextKey } from './keys.ts'
import { isTextKey, type Overrides, TEXT_KEYS, wordingOf } from './live-texts.ts'

export type WordingResult = { ok: true; overrides: Overrides } | { ok: false; problems: string[] }

type LineAt = (node: unknown) => number
type Told = (line: number, what: Words) => void
/** A text of the file and where it stands. */
type Entry = { line: number; template: string }

const MAX_FILE_BYTES = 64 * 1024
const MAX_DEPTH = 8
/** What is no wording file at all need not be complained about line by line. */
const MAX_PROBLEMS = 30

/**
 * Reads an operator's wording: YAML with a text for each key that is to be said in other words, those of a group
 * indented below it. All mistakes come back at once, each with line and key; one of them refuses the whole file.
 */
export const readWording = (text: string, locale: Locale): WordingResult => {
  const bytes = byteLength(text)
  if (bytes > MAX_FILE_BYTES)
    return refused({
      zh: `文件有 ${bytes} 字节：最多 ${MAX_FILE_BYTES} 字节`,
      en: `the file has ${bytes} bytes: at most ${MAX_FILE_BYTES} fit`,
    })
  if (nestsDeeperThan(MAX_DEPTH, text))
    return refused({
      zh: '文件缩进的层次太深：只有话术和话术的分组',
      en: 'the file nests deeper than texts and groups of texts do',
    })

  const problems: { line: number; what: string }[] = []
  const tell: Told = (line, what) => problems.push({ line, what: say(what) })
  const lineCounter = new LineCounter()
  // In the failsafe schema `no` and `12` are texts without quotes. Pretty errors take seconds when there are many.
  const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, lineCounter } as const
  const { contents, errors, warnings } = parseDocument(text, options)
  for (const { code, message, pos } of [...errors, ...warnings].slice(0, MAX_PROBLEMS + 1)) {
    const { line } = lineCounter.linePos(pos[0])
    const what =
      code === 'MULTIPLE_DOCS'
        ? { zh: '请去掉 --- 这一行', en: 'take the line --- out' }
        : { zh: `${code}。${QUOTES.zh}`, en: `${message.slice(0, 120)}. ${QUOTES.en}` }
    const where = keyAbove(text, line)
    tell(line, {
      zh: `${where}不是能读的 YAML：${what.zh}`,
      en: `${where}is not YAML that can be read: ${what.en}`,
    })
  }
  // What was only half understood is not worth judging.
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) }
  const lineAt: LineAt = (node) => lineCounter.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line
  const overrides = judgeAll(readTexts(contents, lineAt, tell), locale, tell)
  return problems.length > 0 ? { ok: false, problems: inOrder(problems) } : { ok: true, overrides }
}

/** Nearly always this is the reason. */
const QUOTES = {
  zh: '文字里有 ": "，或者以 {、* 这类符号开头时，要加引号',
  en: 'A text needs quotes when it has ": " in it or begins with a sign, such as { or *',
}

const refused = (words: Words): { ok: false; problems: string[] } => ({ ok: false, problems: [say(words)] })

/** The texts that are worth judging; everything else is told. */
const readTexts = (root: unknown, lineAt: LineAt, tell: Told): Map<TextKey, Entry> => {
  const entries = new Map<TextKey, Entry>()
  const seen = new Set<string>()
  const read = (map: unknown, group: string): void => {
    if (!isMap(map)) return
    for (const { key, value } of map.items) {
      const line = lineAt(key)
      const name = isScalar(key) ? String(key.value) : '?'
      const path = group + name
      if (seen.has(path))
        tell(line, {
          zh: `${shown(path)} 前面已经有了：请只留一个`,
          en: `${shown(path)} is there already: keep one of them`,
        })
      else if (GROUPS.has(path) && isMap(value)) read(value, `${path}.`)
      else if (GROUPS.has(path))
        tell(line, {
          zh: `${path} 有好几条话术：请缩进写在它下面（${namesIn(`${path}.`).join('、')}）`,
          en: `${path} has several texts: indent them below it (${namesIn(`${path}.`).join(', ')})`,
        })
      else if (!isTextKey(path)) {
        const { zh, en } = instead(name, group)
        tell(line, { zh: `${shown(path)} 是不认识的名字：${zh}`, en: `${shown(path)} is unknown: ${en}` })
      } else if (value === null)
        tell(line, {
          zh: `${path} 是空的：请写点什么，或者去掉这一行`,
          en: `${path} is empty: write something, or take the line out`,
        })
      else if (isScalar(value) && typeof value.value === 'string')
        entries.set(path, { line, template: value.value.trim() })
      else
        tell(line, {
          zh: `${path} 读出来不是文字。${QUOTES.zh}`,
          en: `${path} is not read as a text. ${QUOTES.en}`,
        })
      seen.add(path)
    }
  }
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === ''))
    tell(1, { zh: '文件应该是一行行的 "名字: 文字"', en: 'the file has to be lines of "key: text"' })
  read(root, '')
  return entries
}

const judgeAll = (entries: ReadonlyMap<TextKey, Entry>, locale: Locale, tell: Told): Overrides => {
  const good: { [K in TextKey]?: string } = {}
  for (const [key, { line, template }] of entries) {
    const wrong = judgeTemplate(key, template)
    for (const { zh, en } of wrong) tell(line, { zh: `${key} ${zh}`, en: `${key} ${en}` })
    if (wrong.length === 0) good[key] = template
  }
  // A text is as long as the code's note, which may be new as well.
  const shipped = wordingOf(locale)
  for (const [key, { line }] of entries) {
    if (good[key] === undefined) continue
    for (const { zh, en } of judgeSize(key, (each) => good[each] ?? shipped[each]))
      tell(line, { zh: `${key} ${zh}`, en: `${key} ${en}` })
  }
  return good
}

const GROUPS = new Set(
  TEXT_KEYS.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))),
)

/** The names that may stand in a group; '' for the top of the file. */
const namesIn = (group: string): string[] => {
  const paths = TEXT_KEYS.filter((key) => key.startsWith(group)).map((key) => key.slice(group.length))
  return [...new Set(paths.map((path) => path.split('.')[0] ?? path))]
}

const instead = (name: string, group: string): Words => {
  const meant = closestName(name, namesIn(group))
  return meant
    ? { zh: `是不是 ${meant}？`, en: `did you mean ${meant}?` }
    : { zh: '请删掉；docs/zh/texts.md 里有全部名字', en: 'remove it; docs/texts.md lists every key' }
}

/** The text that a fault of the YAML stands in, as near as can be told. */
const keyAbove = (text: string, line: number): string => {
  const above = text.split('\n').slice(0, line)
  const key = above.findLast((each) => /^[A-Za-z]+:/.test(each))?.split(':')[0] ?? ''
  return namesIn('').includes(key) ? `${key} ` : ''
}

/** A key from the file may be anything. */
const shown = (path: string): string => JSON.stringify(path.length > 60 ? `${path.slice(0, 60)}…` : path)

const inOrder = (problems: readonly { line: number; what: string }[]): string[] => {
  const sorted = problems
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, what }) => say({ zh: `第 ${line} 行：${what}`, en: `line ${line}: ${what}` }))
  if (sorted.length <= MAX_PROBLEMS) return sorted
  return [
    ...sorted.slice(0, MAX_PROBLEMS),
    say({ zh: '还有更多：请先改好这些', en: 'and more: mend these first' }),
  ]
}
