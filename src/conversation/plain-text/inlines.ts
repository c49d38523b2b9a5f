import type { Formula, Token } from '../../markdown/read-markdown.ts'
import { formulaText } from './formula.ts'
import { imageText, linkText } from './link.ts'
import { isNumber, type Scene } from './scene.ts'
import { subscript, superscript } from './tex-shapes.ts'

/** What stands open around a word: a link, or what was struck out. */
type Around = { type: string; url: string; text: string }

/** What stands in a paragraph, a heading or a cell. */
export const inlineText = (tokens: Token[], scene: Scene): string => {
  const open: Around[] = []
  let text = ''
  const say = (words: string): void => {
    const innermost = open.at(-1)
    if (innermost) innermost.text += words
    else text += words
  }
  const close = (): void => {
    const done = open.pop()
    if (done) say(closed(done, scene))
  }
  for (const token of tokens) {
    const [, name = '', side] = /^(.+)_(open|close)$/.exec(token.type) ?? []
    if (side === 'open' && SHOWN.has(name))
      open.push({ type: name, url: String(token.attrGet('href') ?? ''), text: '' })
    else if (side === 'close' && SHOWN.has(name) && open.some(({ type }) => type === name)) {
      while (open.at(-1)?.type !== name) close()
      close()
    } else say(wordText(token))
  }
  while (open.length > 0) close()
  return text
}

/** Of the marks around words, those that a text can show. */
const SHOWN = new Set(['link', 's', 'sub', 'sup'])

const wordText = (token: Token): string => {
  switch (token.type) {
    case 'text':
    case 'code_inline':
      return token.content
    case 'formula':
      return formulaText((token.meta as Formula).tex)
    case 'softbreak':
    case 'hardbreak':
      return '\n'
    case 'image':
      return imageText(altText(token.children ?? []), String(token.attrGet('src') ?? ''))
    default:
      return ''
  }
}

const altText = (tokens: Token[]): string => tokens.map((token) => wordText(token)).join('')

const closed = ({ type, url, text }: Around, { numbers }: Scene): string => {
  if (type === 'sub') return isScript(text) ? subscript(text) : text
  if (type === 'sup') return isScript(text) ? superscript(text) : text
  // The words alone would say the opposite.
  if (type === 's') return `~~${text}~~`
  // A reference by number stays one, [1], and its address stays where the text defines it.
  const number = numbers.get(url)
  if (number === undefined) return linkText(text, url)
  return isNumber(text) ? `[${text}]` : `${text} [${number}]`
}

/** Small words below a line are a remark, no index. */
const isScript = (text: string): boolean => /^(?!.*\p{Script=Han})[\p{L}\p{N}+−\-=(),.*′']{1,8}$/u.test(text)
