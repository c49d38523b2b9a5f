/** Bytes of the text in UTF-8; an unpaired surrogate counts as the U+FFFD it is sent as. */
export const byteLength = (text: string): number => Buffer.byteLength(text)

/**
 * The text in parts of at most `maxBytes` bytes of UTF-8, cut where a reader would pause: at a paragraph, a line, a
 * sentence, a clause, a word, and only then between two characters as people see them. A stronger boundary wins unless it
 * leaves less than a third of `maxBytes` before it. The parts hold all of the text but white space at the cuts and around
 * it; none is empty or blank. Unpaired surrogates become U+FFFD.
 *
 * Throws a RangeError when `maxBytes` is under 4, the length of the longest character.
 */
export const splitText = (text: string, maxBytes: number): string[] => {
  if (!(maxBytes >= 4)) throw new RangeError(`maxBytes must be at least 4, not ${maxBytes}`)
  const whole = text.toWellFormed().trim()
  const parts: string[] = []
  for (let from = 0; from < whole.length; ) {
    const to = cutAt(whole, from, maxBytes)
    const part = whole.slice(from, to).trimEnd()
    if (part !== '') parts.push(part)
    from = afterBreak(whole, to, maxBytes)
  }
  return parts
}

/** Where the next part begins: past the white space, but not past the indentation of a line. */
const afterBreak = (text: string, at: number, maxBytes: number): number => {
  blank.lastIndex = at
  const space = blank.exec(text)?.[0] ?? ''
  const indent = space.length - 1 - space.lastIndexOf('\n')
  return at + space.length - (space.includes('\n') && indent * 4 <= maxBytes ? indent : 0)
}
const blank = /\s*/y

/** Where the part that begins at `from` ends. */
const cutAt = (text: string, from: number, maxBytes: number): number => {
  const end = indexAfter(text, from, maxBytes)
  if (end === text.length) return end
  const least = indexAfter(text, from, maxBytes / 3)
  // With little left over, cut so that the last part is more than a scrap.
  if (indexAfter(text, from, (maxBytes * 4) / 3) === text.length) {
    const even = boundary(
      text,
      from,
      least,
      indexAfter(text, from, byteLength(text.slice(from)) - maxBytes / 3),
    )
    if (even !== undefined) return even
  }
  return (
    boundary(text, from, least, end) ??
    beforeLongWord(text, from, end, maxBytes) ??
    betweenCharacters(text, from, end)
  )
}

/** The furthest index that leaves no more than `bytes` behind it, counted from `from`, and lies in no surrogate pair. */
const indexAfter = (text: string, from: number, bytes: number): number => {
  let left = bytes
  let at = from
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (left < 0) break
    at += code < 0x10000 ? 1 : 2
  }
  return at
}

// Each matches where a part may end. A mark that joins the character before it must stay with it, and a run of
// punctuation stays together. Latin punctuation counts when space or a wide character follows: 3.14, 12:30, a?b=c.
const closers = String.raw`[”’"'）)\]】」』》]*(?![\p{M}\u200d])`
const boundaries = [
  String.raw`(?<=\S)(?=\s*\n\s*\n)`,
  String.raw`(?<=\S)(?=\s*\n)`,
  String.raw`(?:[。！？…]+|(?<![.!?])[.!?]+(?=["')\]]*(?:\s|[^\0-\x7f])))${closers}`,
  String.raw`(?:[，；、：]+|(?<![,;:])[,;:]+(?=\s|[^\0-\x7f]))${closers}`,
  String.raw`(?<=\S)(?=\s+[^\s\p{M}\u200d])`,
].map((pattern) => new RegExp(pattern, 'gu'))

/** The last boundary of the strongest kind within `least..most`. */
const boundary = (text: string, from: number, least: number, most: number): number | undefined => {
  // The few characters more tell whether what stands at the end is a boundary.
  const reach = text.slice(from, most + 8)
  for (const pattern of boundaries) {
    let found: number | undefined
    for (const match of reach.matchAll(pattern)) {
      const end = from + match.index + match[0].length
      if (end >= least && end <= most && end > from) found = end
    }
    if (found !== undefined) return found
  }
  return undefined
}

/** Rather a short part than an address in two pieces, if the next part can hold it. */
const beforeLongWord = (text: string, from: number, end: number, maxBytes: number): number | undefined => {
  let start = end
  while (start > from && isLatin(text.charCodeAt(start - 1))) start -= 1
  let wordEnd = end
  while (wordEnd < text.length && wordEnd - start <= maxBytes && isLatin(text.charCodeAt(wordEnd)))
    wordEnd += 1
  return start > from && start < end && wordEnd - start <= maxBytes ? start : undefined
}

const isLatin = (code: number): boolean => code > 0x20 && code < 0x7f

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const betweenCharacters = (text: string, from: number, end: number): number => {
  // Enough beyond the end to see what joins on.
  const start = characters.segment(text.slice(from, end + 64)).containing(end - from)?.index ?? 0
  return start > 0 ? from + start : end
}
