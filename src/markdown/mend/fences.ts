import { isBlank, type Line, reworded } from './lines.ts'

type Fence = { before: string; char: string; length: number; info: string }

const FENCE = /^([ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/
const MARKDOWN = /^(?:markdown|md)$/i
/** How often a fence may be followed to the end of the text in vain. */
const maxFailures = 8

const fenceOf = ({ text }: Line): Fence | undefined => {
  const found = FENCE.exec(text)
  if (!found) return undefined
  const [, before = '', marker = '', info = ''] = found
  return { before, char: marker.charAt(0), length: marker.length, info: info.trim() }
}

/**
 * Marks what is code. A model that writes a document in a fence writes the fences in it just as long, where CommonMark
 * ends the outer one at the first of them: the outer fence is made longer than all it holds.
 */
export const withFences = (written: Line[]): Line[] => {
  const lines = onOwnLines(written).flatMap(withoutWords)
  const fences = lines.map(fenceOf)
  const out = lines.slice()
  let failures = 0
  let at = 0
  while (at < lines.length) {
    const opening = fences[at]
    if (!opening) {
      at += 1
      continue
    }
    const isDocument = MARKDOWN.test(opening.info)
    const flat = flatEnd(fences, at, opening)
    const nested = failures < maxFailures ? nestedEnd(lines, fences, at, opening) : undefined
    let end = flat
    if (nested !== undefined && nested.longest > 0) {
      if (nested.end !== undefined || isDocument) {
        end = nested.end ?? lines.length
        const marker = opening.char.repeat(Math.max(opening.length, nested.longest + 1))
        out[at] = reworded(lineAt(lines, at), `${opening.before}${marker}${opening.info}`)
        const closing = fences[end]
        if (closing) out[end] = reworded(lineAt(lines, end), `${closing.before}${marker}`)
      } else failures += 1
    }
    for (let inside = at; inside <= end && inside < lines.length; inside += 1) {
      const line = lineAt(out, inside)
      out[inside] = { text: line.text, from: line.from, isCode: true }
    }
    at = end + 1
  }
  return out
}

/** `如下：```js`, where the fence that ends it is below: the code begins on a line of its own. */
const onOwnLines = (lines: Line[]): Line[] => {
  if (!lines.some((line) => BEHIND_WORDS.test(line.text))) return lines
  const fences = lines.map(fenceOf)
  const nextOf: (Fence | undefined)[] = []
  for (let at = lines.length - 1; at >= 0; at -= 1) nextOf[at] = fences[at + 1] ?? nextOf[at + 1]
  let open: Fence | undefined
  return lines.flatMap((line, at) => {
    const fence = fences[at]
    if (open) {
      if (fence && closes(fence, open)) open = undefined
      return [line]
    }
    const [, words = '', marker = ''] = BEHIND_WORDS.exec(line.text) ?? []
    const own = reworded(line, `${/^[ \t>]*/.exec(words)?.[0] ?? ''}${marker}`)
    const begins = marker === '' ? undefined : fenceOf(own)
    const next = nextOf[at]
    if (!begins || !next || !closes(next, begins)) {
      open = fence
      return [line]
    }
    open = begins
    return [reworded(line, words), own]
  })
}

const BEHIND_WORDS =
  /^([ \t>]*[^\s>`~][^`]*?(?:[：:]|(?=`{3,}[A-Za-z])))[ \t]*(`{3,}(?:[A-Za-z][\w+#.-]{0,20})?)[ \t]*$/

/** What stands behind a fence and names no language, or says more in Chinese, is the first line of the code. */
const withoutWords = (line: Line): Line[] => {
  const fence = fenceOf(line)
  if (!fence || fence.info === '') return [line]
  const [, language = '', words = ''] = /^([A-Za-z{.#][\w+#.{}=-]*)?(.*)$/.exec(fence.info) ?? []
  if (language !== '' && !/[^\0-\x7f]/.test(words)) return [line]
  return [
    reworded(line, `${fence.before}${fence.char.repeat(fence.length)}${language}`),
    reworded(line, `${' '.repeat(fence.before.length)}${words.trim()}`),
  ]
}

const lineAt = (lines: Line[], at: number): Line => lines[at] ?? { text: '', from: 0, isCode: false }

const closes = (fence: Fence, opening: Fence): boolean =>
  fence.info === '' && fence.char === opening.char && fence.length >= opening.length

const flatEnd = (fences: (Fence | undefined)[], from: number, opening: Fence): number => {
  for (let at = from + 1; at < fences.length; at += 1) {
    const fence = fences[at]
    if (fence && closes(fence, opening)) return at
  }
  return fences.length
}

/** Where the fence ends if those in it come in pairs, and how long the longest of them is. */
const nestedEnd = (
  lines: Line[],
  fences: (Fence | undefined)[],
  from: number,
  opening: Fence,
): { end: number | undefined; longest: number } => {
  const isDocument = MARKDOWN.test(opening.info)
  const open: Fence[] = []
  let longest = 0
  for (let at = from + 1; at < lines.length; at += 1) {
    const fence = fences[at]
    // A shorter one is text to its parser as well.
    if (!fence || fence.char !== opening.char || fence.length < opening.length) continue
    const innermost = open.at(-1)
    if (innermost) {
      if (closes(fence, innermost)) open.pop()
      else if (fence.info !== '' && MARKDOWN.test(innermost.info)) open.push(fence)
    } else if (fence.info !== '' || (isDocument && beginsCode(lines, fences, at))) {
      open.push(fence)
      longest = Math.max(longest, fence.length)
    } else return { end: at, longest }
  }
  return { end: undefined, longest }
}

/** A bare fence in a document: an opening one stands below a blank line or a colon, and two more follow. */
const beginsCode = (lines: Line[], fences: (Fence | undefined)[], at: number): boolean => {
  const before = lines[at - 1]
  const isSetApart = isBlank(before) || /[:：]\s*$/.test(before?.text ?? '')
  if (!isSetApart || isBlank(lines[at + 1]) || fences[at + 1]) return false
  let following = 0
  for (let next = at + 1; next < fences.length && next < at + 400; next += 1) {
    if (fences[next]?.info === '') following += 1
    if (following >= 2) return true
  }
  return false
}

/** A whole answer that sits in one Markdown fence is meant to be read, not shown as code. Blank lines stay in its place. */
export const withoutWrapper = (lines: Line[]): Line[] => {
  const first = lines.findIndex((line) => !isBlank(line))
  const opening = first >= 0 ? fenceOf(lineAt(lines, first)) : undefined
  if (opening?.before.trim() !== '' || !MARKDOWN.test(opening.info)) return lines
  const last = lines.findLastIndex((line) => !isBlank(line))
  const fences = lines.map(fenceOf)
  const end = nestedEnd(lines, fences, first, opening).end ?? lines.length
  if (end < last) return lines
  return lines.map((line, at) => (at === first || at === end ? reworded(line, '') : line))
}
