import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
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
    return { ok: false, problems: [`the file is larger than ${maxBytes / 1024} KiB: make it smaller`] }
  if (nestsDeeperThan(MAX_DEPTH, text))
    return { ok: false, problems: ['too deeply nested: write it flatter'] }
  const lines = new LineCounter()
  const at = (offset: number) => `line ${lines.linePos(offset).line}`
  // The parser compares each name of a map with each other: minutes for a file of nothing but names.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const mistakes = [...doc.errors, ...doc.warnings].map(({ code, pos }) => `${at(pos[0])}: ${wordsFor(code)}`)
  const problems = mistakes.length > 0 ? mistakes : badNames(doc, at)
  if (problems.length > 0) return { ok: false, problems: [...new Set(problems)].slice(0, MAX_PROBLEMS) }
  try {
    return { ok: true, value: doc.toJS({ maxAliasCount: MAX_ALIASES }) }
  } catch (error) {
    const isUnknown = error instanceof Error && error.message.startsWith('Unresolved alias')
    const what = isUnknown
      ? 'an alias (*) refers to no anchor (&) before it'
      : 'aliases (*) multiply too much'
    return { ok: false, problems: [`${what}: write the values out`] }
  }
}

const MEANINGS: { [code: string]: string } = {
  MULTIPLE_DOCS: 'a second document begins: remove the --- before it',
  TAB_AS_INDENT: 'a tab: indent with spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag: remove the ! and its word, or put the text in quotes',
}

const wordsFor = (code: string): string => {
  const name = code.toLowerCase().replaceAll('_', '-')
  return MEANINGS[code] ?? `not valid YAML (${name}): check indentation, quotes and brackets there`
}

const badNames = (doc: Document, at: (offset: number) => string): string[] => {
  const problems: string[] = []
  visit(doc, {
    Map(_, { items }) {
      const seen = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key)) {
          problems.push('a name must be plain text, without brackets, anchors and aliases')
          continue
        }
        // `1` and `"1"` are one name to JavaScript.
        const name = String(key.value)
        const where = at(key.range?.[0] ?? 0)
        if (seen.has(name)) problems.push(`${where}: this name stands there twice: keep one of them`)
        if (name === '__proto__') problems.push(`${where}: __proto__ cannot be a name`)
        seen.add(name)
      }
    },
  })
  return problems
}
