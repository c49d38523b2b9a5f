import { isBlank, type Line, reworded } from './lines.ts'

/** More columns or rows than anybody reads; such lines stay text. */
const maxColumns = 60

type Row = { line: Line; before: string; cells: string[] }

const ROW = /^([ \t>]*)([|｜].*)$/

/** A line that begins with a pipe; full-width ones count where the line begins with one. */
const rowOf = (line: Line | undefined): Row | undefined => {
  if (line === undefined || line.isCode) return undefined
  const found = ROW.exec(line.text)
  if (!found) return undefined
  const [, before = '', written = ''] = found
  const text = (written.startsWith('｜') ? written.replaceAll('｜', '|') : written).trimEnd()
  const cells = splitCells(text.slice(1))
  if (text.length > 1 && cells.at(-1)?.trim() === '') cells.pop()
  return cells.length === 0 ? undefined : { line, before, cells: cells.map((cell) => cell.trim()) }
}

const splitCells = (text: string): string[] => {
  const cells: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '[') at += linkLength(text, at)
    else if (text[at] === '|') {
      cells.push(text.slice(from, at))
      from = at + 1
    }
  }
  cells.push(text.slice(from))
  return cells
}

/** A pipe in the words of a link, or in its address, ends no cell. */
const linkLength = (text: string, at: number): number => {
  LINK.lastIndex = at
  return Math.max(0, (LINK.exec(text)?.[0].length ?? 0) - 1)
}
const LINK = /\[[^[\]()\n]{0,200}\]\(https?:[^\s()]{1,500}\)/y

const isRule = ({ cells }: Row): boolean =>
  cells.every((cell) => /^[:：]?[ \t]*(?:[-—–－─]+[ \t]*)?[:：]?$/.test(cell)) &&
  cells.some((cell) => cell !== '')

/** In the body a cell may be a dash. */
const isSurelyRule = (row: Row): boolean => isRule(row) && row.cells.every((cell) => /[-—–－─]{3}/.test(cell))

/**
 * Tables as a parser wants them: no blank lines between the rows, a row of dashes below the headings with a cell for each
 * column, every cell in a column. A sentence below is no row.
 */
export const withTables = (written: Line[]): Line[] => {
  const lines = withPipes(written)
  const out: Line[] = []
  let at = 0
  while (at < lines.length) {
    const rows = rowsFrom(lines, at)
    if (!rows) {
      const line = lines[at]
      if (line) out.push(line)
      at += 1
      continue
    }
    for (const line of tableOf(rows.rows)) out.push(line)
    at = rows.end
    const next = lines[at]
    if (next && !isBlank(next) && rows.rows.length > 1) out.push(reworded(next, rows.rows[0]?.before ?? ''))
  }
  return out
}

const isRuleWithPipes = ({ text }: Line): boolean =>
  text.includes('|') && text.includes('-') && /^[-:| \t]+$/.test(text.replace(/^[ \t>]+/, ''))

/**
 * Rows that begin without a pipe, above and below a rule that has one. Dashes alone are a rule across the page, where the
 * parser would make a column of the line above, and drop what it does not hold.
 */
const withPipes = (lines: Line[]): Line[] => {
  const out: Line[] = []
  let isIn = false
  lines.forEach((line, at) => {
    const next = lines[at + 1]
    const hasPipe = !line.isCode && line.text.includes('|')
    const begins = hasPipe && next !== undefined && !next.isCode && isRuleWithPipes(next)
    isIn = (isIn && hasPipe) || (begins && rowOf(line) === undefined)
    out.push(isIn && rowOf(line) === undefined ? piped(line) : line)
    if (hasPipe && !isIn && next && /^[ \t>]*-{3,}[ \t]*$/.test(next.text)) out.push(reworded(line, ''))
  })
  return out
}

const piped = (line: Line): Line => {
  const before = /^[ \t>]*/.exec(line.text)?.[0] ?? ''
  return reworded(line, `${before}| ${line.text.slice(before.length)}`)
}

/** The rows of one table and the line behind it. */
const rowsFrom = (lines: Line[], from: number): { rows: Row[]; end: number } | undefined => {
  const first = runFrom(lines, from)
  if (!first) return undefined
  const rows = first.rows
  let end = first.end
  for (;;) {
    let next = end
    while (next < lines.length && next < end + 3 && isBlank(lines[next])) next += 1
    const run = next === end ? undefined : runFrom(lines, next)
    if (!run || !belongs(rows, run.rows)) return { rows, end }
    for (const row of run.rows) rows.push(row)
    end = run.end
  }
}

const runFrom = (lines: Line[], from: number): { rows: Row[]; end: number } | undefined => {
  const rows: Row[] = []
  let end = from
  for (let row = rowOf(lines[end]); row; row = rowOf(lines[end])) {
    rows.push(row)
    end += 1
  }
  return rows.length > 0 ? { rows, end } : undefined
}

/** Below a blank line: a row by itself, or what stands below the headings or their dashes. */
const belongs = (rows: Row[], run: Row[]): boolean => {
  const [first] = run
  const last = rows.at(-1)
  if (!first || !last) return false
  if (rows.length === 1)
    return isRule(first) || (run.length === 1 && first.cells.length === last.cells.length)
  if (rows.length === 2 && isRule(last)) return run.length === 1 || !run[1] || !isRule(run[1])
  return run.length === 1 && !isRule(first) && first.cells.length === last.cells.length
}

const tableOf = (rows: Row[]): Line[] => {
  const [head, second] = rows
  const columns = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  if (!head || rows.length === 1 || columns > maxColumns) return rows.map(({ line }) => line)
  const rule = isRule(head) ? head : second && isRule(second) ? second : undefined
  if (!rule && !isTableAlready(rows)) return rows.map(({ line }) => line)
  const headings = isRule(head) ? { line: head.line, before: head.before, cells: [] } : head
  const body = rows.filter((row) => row !== head && row !== rule && !isSurelyRule(row))
  const dashes = Array.from({ length: columns }, (_, at) => dashesOf(rule?.cells[at] ?? ''))
  return [
    written(headings, columns),
    reworded((rule ?? head).line, `${head.before}| ${dashes.join(' | ')} |`),
    ...body.map((row) => written(row, columns)),
  ]
}

/** Without dashes, rows of as many cells, each with space around it, or with Chinese in it. */
const isTableAlready = (rows: Row[]): boolean =>
  rows.length > 1 &&
  rows.every(
    ({ line, cells }) =>
      cells.length === rows[0]?.cells.length &&
      cells.length > 1 &&
      /[|｜]\s*$/.test(line.text) &&
      (/^[ \t>]*[|｜]\s/.test(line.text) || /[\u2e80-\u9fff]/.test(line.text)),
  )

const dashesOf = (cell: string): string => {
  const left = /^[:：]/.test(cell) && cell.length > 1 ? ':' : ''
  const right = /[:：]$/.test(cell) && cell.length > 1 ? ':' : ''
  return `${left}---${right}`
}

const written = ({ line, before, cells }: Row, columns: number): Line => {
  const all = Array.from({ length: columns }, (_, at) => cells[at] ?? '')
  // What is still in a cell stands in a link.
  const said = all.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|'))
  return reworded(line, `${before}| ${said.join(' | ')} |`)
}
