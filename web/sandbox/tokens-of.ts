/** A piece of XML or JSON with what it is, for its colour. */
export type Token = { is: 'tag' | 'frame' | 'key' | 'number' | 'text'; text: string }

const XML = /(<!\[CDATA\[|\]\]>)|(<\/?[\w:]+[^<>]*>)/g
const JSON_PARTS = /("(?:[^"\\]|\\.)*")(\s*:)|(?<=[\s:[,])(-?\d+(?:\.\d+)?|true|false|null)(?=[\s,}\]])/g

const cut = (text: string, pattern: RegExp, nameOf: (match: RegExpMatchArray) => Token['is']): Token[] => {
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) tokens.push({ is: 'text', text: text.slice(end, match.index) })
    tokens.push({ is: nameOf(match), text: match[0] })
    end = match.index + match[0].length
  }
  if (end < text.length) tokens.push({ is: 'text', text: text.slice(end) })
  return tokens
}

const prettyJson = (text: string): string | undefined => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return undefined
  }
}

/** XML stays as it travelled; JSON gets its lines, after the address of the call when there is one. */
export const tokensOf = (text: string): Token[] => {
  if (text.startsWith('<')) return cut(text, XML, (match) => (match[1] ? 'frame' : 'tag'))
  const start = text.startsWith('/') ? text.indexOf('\n') + 1 : 0
  const json = prettyJson(text.slice(start))
  if (json === undefined) return [{ is: 'text', text }]
  const head: Token[] = start > 0 ? [{ is: 'frame', text: text.slice(0, start) }] : []
  return [...head, ...cut(json, JSON_PARTS, (match) => (match[1] ? 'key' : 'number'))]
}
