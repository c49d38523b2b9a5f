import { inlineText } from './inlines.ts'
import type { Scene } from './scene.ts'
import type { Block } from './tree.ts'

/** In columns of a Latin letter's width: about what a line holds on a phone. */
const maxRowWidth = 32
/** In UTF-16 units. What is longer is no label, and is not said again with each row. */
const maxHeadingChars = 60

/** A small table keeps its rows, `a | b`; of a wider one each row becomes a few lines `heading：cell`. */
export const tableText = (parts: Block[], scene: Scene): string => {
  const rows = parts
    .flatMap(({ children }) => children)
    .map((row) => row.children.map((cell) => cellText(cell, scene)))
    .filter((cells) => cells.some((cell) => cell !== ''))
  const [head = [], ...body] = rows
  const isSmall = head.length <= 2 && rows.every((cells) => width(cells.join(' | ')) <= maxRowWidth)
  const isTooMuch = head.some((heading) => heading.length > maxHeadingChars)
  if (isSmall || isTooMuch || body.length === 0) return rows.map((cells) => cells.join(' | ')).join('\n')
  return body.map((cells) => rowText(head, cells)).join('\n\n')
}

const rowText = (head: string[], cells: string[]): string =>
  cells
    .map((cell, i) => (cell === '' ? '' : labelled(head[i] ?? '', cell)))
    .filter((line) => line !== '')
    .join('\n')

const labelled = (heading: string, cell: string): string => {
  if (heading === '') return cell
  return /[^\0-\x7f]/.test(heading) ? `${heading}：${cell}` : `${heading}: ${cell}`
}

const width = (text: string): number => {
  let columns = 0
  for (const char of text)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\p{Emoji_Presentation}]/u.test(char)
        ? 2
        : 1
  return columns
}

const cellText = ({ children }: Block, scene: Scene): string =>
  children
    .map(({ token }) => inlineText(token.children ?? [], scene))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
