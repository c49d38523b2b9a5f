import type { Token } from 'markdown-it'

/**
 * CommonMark also reads emphasis into `2*3*4`, `2**3**4` and `__init__`. Between Latin letters or digits the stars
 * multiply, and a lone lower-case word in double underscores is a name.
 */
export const unmarkProducts = (tokens: Token[]): Token[] => {
  const opened: number[] = []
  tokens.forEach((token, at) => {
    if (OPENS.has(token.type)) opened.push(at)
    if (!CLOSES.has(token.type)) return
    const from = opened.pop() ?? at
    if (isProduct(tokens, from, at) || isName(tokens, from, at)) unmark(tokens[from], token)
  })
  return tokens
}

const OPENS = new Set(['em_open', 'strong_open'])
const CLOSES = new Set(['em_close', 'strong_close'])

const isProduct = (tokens: Token[], from: number, to: number): boolean =>
  tokens[to]?.markup.startsWith('*') === true &&
  isFactor(textBeside(tokens, from - 1, -1).at(-1)) &&
  isFactor(textBeside(tokens, to + 1, 1).at(0))

const isName = (tokens: Token[], from: number, to: number): boolean =>
  tokens[to]?.markup === '__' && to === from + 2 && /^[a-z][a-z0-9_]*$/.test(tokens[from + 1]?.content ?? '')

const isFactor = (char: string | undefined): boolean => char !== undefined && /[0-9A-Za-z()]/.test(char)

/** The parser leaves empty texts between markers. */
const textBeside = (tokens: Token[], at: number, step: 1 | -1): string => {
  let here = at
  while (tokens[here]?.type === 'text' && tokens[here]?.content === '') here += step
  const token = tokens[here]
  return token?.type === 'text' ? token.content : ''
}

const unmark = (...pair: (Token | undefined)[]): void => {
  for (const token of pair) {
    if (!token) continue
    token.type = 'text'
    token.tag = ''
    token.nesting = 0
    token.content = token.markup
  }
}
