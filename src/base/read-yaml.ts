import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { say, type Words } from './say.ts'
import { nestsDeeperThan } from './yaml-depth.ts'

export type YamlResult = { ok: true; value: unknown } | { ok: false; problems: string[] }

/** References to anchors, each counted as often as it multiplies: enough for sharing, too few for a bomb. */
const MAX_ALIASES = 100
const MAX_DEPTH = 32
/** What follows the first mistakes is mostly caused by them. */
const MAX_PROBLEMS = 5

/**
 * One YAML document as plain values. A problem names its line and never quotes the file, which may hold keys. Refuses
 * what a careless or hostile file may do: size, depth, multiplying aliases, names that stand twice, `__proto__`.
 * Anchors may refer to what they stand in, so the value can contain itself: walk it by a schema.
 */
export const readYaml = (text: string, maxBytes: number): YamlResult => {
  if (Buffer.byteLength(text) > maxBytes)
    return refused({
      zh: `文件超过 ${maxBytes / 1024} KiB：请改小一些`,
      en: `the file is larger than ${maxBytes / 1024} KiB: make it smaller`,
    })
  if (nestsDeeperThan(MAX_DEPTH, text))
    return refused({ zh: '缩进的层次太深：请写得平一些', en: 'too deeply nested: write it flatter' })
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { line } = lines.linePos(offset)
    return say({ zh: `第 ${line} 行：`, en: `line ${line}: ` })
  }
  // The parser compares each name of a map with each other: minutes for a file of nothing but names.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const mistakes = [...doc.errors, ...doc.warnings].map(({ code, pos }) => `${at(pos[0])}${wordsFor(code)}`)
  const problems = mistakes.length > 0 ? mistakes : badNames(doc, at)
  if (problems.length > 0) return { ok: false, problems: [...new Set(problems)].slice(0, MAX_PROBLEMS) }
  try {
    return { ok: true, value: doc.toJS({ maxAliasCount: MAX_ALIASES }) }
  } catch (error) {
    const isUnknown = error instanceof Error && error.message.startsWith('Unresolved alias')
    return refused(
      isUnknown
        ? {
            zh: '别名（*）前面没有对应的锚点（&）：请把值直接写出来',
            en: 'an alias (*) refers to no anchor (&) before it: write the values out',
          }
        : {
            zh: '别名（*）展开得太多：请把值直接写出来',
            en: 'aliases (*) multiply too much: write the values out',
          },
    )
  }
}

const refused = (words: Words): { ok: false; problems: string[] } => ({ ok: false, problems: [say(words)] })

const MEANINGS: { [code: string]: Words } = {
  MULTIPLE_DOCS: {
    zh: '这里开始了第二份内容：请去掉前面的 ---',
    en: 'a second document begins: remove the --- before it',
  },
  TAB_AS_INDENT: { zh: '用了制表符：请用空格缩进', en: 'a tab: indent with spaces' },
  TAG_RESOLVE_FAILED: {
    zh: '不认识的标签：请去掉 ! 和后面的词，或者给文字加引号',
    en: 'an unknown tag: remove the ! and its word, or put the text in quotes',
  },
}

const wordsFor = (code: string): string => {
  const name = code.toLowerCase().replaceAll('_', '-')
  return say(
    MEANINGS[code] ?? {
      zh: `不是正确的 YAML（${name}）：请检查这里的缩进、引号和括号`,
      en: `not valid YAML (${name}): check indentation, quotes and brackets there`,
    },
  )
}

const badNames = (doc: Document, at: (offset: number) => string): string[] => {
  const problems: string[] = []
  visit(doc, {
    Map(_, { items }) {
      const seen = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key)) {
          problems.push(
            say({
              zh: '名字只能是普通文字，不能有括号、锚点和别名',
              en: 'a name must be plain text, without brackets, anchors and aliases',
            }),
          )
          continue
        }
        // `1` and `"1"` are one name to JavaScript.
        const name = String(key.value)
        const where = at(key.range?.[0] ?? 0)
        if (seen.has(name))
          problems.push(
            `${where}${say({
              zh: '这个名字出现了两次：请只留一个',
              en: 'this name stands there twice: keep one of them',
            })}`,
          )
        if (name === '__proto__')
          problems.push(`${where}${say({ zh: '__proto__ 不能当名字', en: '__proto__ cannot be a name' })}`)
        seen.add(name)
      }
    },
  })
  return problems
}
