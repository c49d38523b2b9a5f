import { padded } from './table.ts'

/** A row as it leaves: in documents under these names, in CSV in this order. */
export type Row = { [column: string]: string | number | null }

/** How rows are written, one after the other, however many there are. */
export type RowFormat = {
  start: string
  /** `index` from 0. */
  line(row: Row, index: number): string
  end: string
}

/** `{"batch":"x","cards":[…]}`: what stands before the rows in `head`, the rows under `name`. */
export const jsonRows = (head: object, name: string): RowFormat => {
  const open = JSON.stringify(head).slice(0, -1)
  return {
    start: `${open}${open === '{' ? '' : ','}${JSON.stringify(name)}:[`,
    line: (row, index) => `${index === 0 ? '' : ','}\n${JSON.stringify(row)}`,
    end: ']}\n',
  }
}

/** RFC 4180, but for line ends of one character. */
export const csvRows = (columns: readonly string[]): RowFormat => ({
  start: `${columns.join(',')}\n`,
  line: (row) => `${columns.map((column) => csvField(row[column])).join(',')}\n`,
  end: '',
})

const csvField = (value: string | number | null | undefined): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Columns for the eye, each as wide as it is told, Chinese characters being two wide. */
export const paddedRows = (columns: readonly { name: string; title: string; width: number }[]): RowFormat => {
  const lineOf = (cells: string[]) => `${cells.join('  ').trimEnd()}\n`
  return {
    start: lineOf(columns.map(({ title, width }) => padded(title, width))),
    line: (row) => lineOf(columns.map(({ name, width }) => padded(String(row[name] ?? '-'), width))),
    end: '',
  }
}
