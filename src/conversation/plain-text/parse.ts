import type { Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

const maxDepth = 32
const maxNesting = 20_000
const maxSigns = 1000
const maxPipes = 5000

/** The tree, or nothing when the text would take too long or nests too deep. Its positions point into `text`. */
export const parseMarkdown = (text: string): Root | undefined => {
  if (isTangled(text)) return undefined
  try {
    return fromMarkdown(text, {
      // A single tilde is a range in Chinese prose (5~10 分钟), so only two strike out.
      extensions: [gfm({ singleTilde: false })],
      mdastExtensions: [gfmFromMarkdown()],
    })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * The parser's time grows with the square of the open quotes and lists of a line, and of the emphasis signs, brackets and
 * pipes of a paragraph; it recurses into the former. Real answers stay far below these limits.
 */
const isTangled = (text: string): boolean => {
  let nesting = 0
  for (const line of text.split('\n')) {
    const depth = depthOf(line)
    nesting += depth * depth
    if (depth > maxDepth || nesting > maxNesting) return true
  }
  return text
    .split(/\n[ \t]*\n/)
    .some((block) => count(block, signs) > maxSigns || count(block, /\|/g) > maxPipes)
}

/** Underscores within a word mark nothing, and code is full of them. */
const signs = /\*+|(?<![0-9A-Za-z_])_+|(?<=[0-9A-Za-z])_+(?![0-9A-Za-z_])|~+|[[\]]/g

/** Quote and list markers a line begins with; two columns before one may hold another, opened above. */
const depthOf = (line: string): number => {
  const container = /([ \t]*)(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))/y
  let depth = 0
  for (let match = container.exec(line); match && depth <= maxDepth; match = container.exec(line)) {
    depth += 1 + Math.floor((match[1]?.length ?? 0) / 2)
  }
  return depth
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
