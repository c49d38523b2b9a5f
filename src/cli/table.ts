import stringWidth from 'string-width'
import { figure, printable } from './printable.ts'

export type Column = { title: string; align?: 'right' }
export type Cell = string | number | undefined

const GAP = '  '
const NOTHING = '-'

/** Lines with columns as wide as what stands in them, Chinese characters being two wide. */
export const table = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] => {
  const texts = [columns.map(({ title }) => title), ...rows.map((row) => row.map(textOf))]
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => stringWidth(row[at] ?? ''))))
  return texts.map((row) =>
    columns
      .map(({ align }, at) => {
        const text = row[at] ?? ''
        const width = widths[at] ?? 0
        return align === 'right' ? ' '.repeat(width - stringWidth(text)) + text : padded(text, width)
      })
      .join(GAP)
      .trimEnd(),
  )
}

/** Filled up with spaces to so many columns of a terminal. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)))

/** Lines of a name and what it is, those that are nothing left out. */
export const facts = (pairs: readonly (readonly [name: string, value: Cell])[]): string[] => {
  const said = pairs.filter(([, value]) => value !== undefined)
  const width = Math.max(...said.map(([name]) => stringWidth(name)))
  return said.map(([name, value]) => `${padded(name, width)}${GAP}${textOf(value)}`)
}

const textOf = (cell: Cell): string =>
  cell === undefined ? NOTHING : typeof cell === 'number' ? figure(cell) : printable(cell)
