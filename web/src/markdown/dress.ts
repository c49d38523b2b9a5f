import type { Token } from 'markdown-it'

/** The page has the first heading; alignment goes by class, as no inline style is allowed. */
export const dress = (token: Token): void => {
  if (token.type === 'heading_open' || token.type === 'heading_close') {
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`
  }
  const align = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  if (align !== undefined) token.attrs = [['class', align]]
}

/** On a phone a table is wider than the screen: a short cell stays on one line, a long one gets room. */
export const size = (cell: Token | undefined, { content }: Token): void => {
  if (content.length <= 8) cell?.attrJoin('class', 'short')
  else if (content.length > 20) cell?.attrJoin('class', 'long')
}

/** `- [x] done` */
export const tickOff = (item: Token | undefined, first: Token | undefined): void => {
  if (first?.type !== 'text') return
  const box = /^\[([ xX])\] +/.exec(first.content)
  if (!box) return
  first.content = `${box[1] === ' ' ? '☐' : '☑'} ${first.content.slice(box[0].length)}`
  item?.attrSet('class', 'task')
}
