import { isBlank, type Line, reworded } from './lines.ts'

/** Ends of quotes times lines: below it a parser is quick enough, and no answer has as many. */
const maxWork = 300_000

/**
 * Each time a quote ends in a line without its sign, a parser looks through all that follows for lines that go on with it.
 * Where that happens over and over, a blank line ends the quote for good.
 */
export const withEndedQuotes = (lines: Line[]): Line[] => {
  const ends = lines.filter((line, at) => endsQuote(line, lines[at + 1])).length
  if (ends * lines.length <= maxWork) return lines
  let isQuotedCode = false
  return lines.flatMap((line, at) => {
    if (!line.isCode || !lines[at - 1]?.isCode) isQuotedCode = line.isCode && quotesOf(line) > 0
    const next = lines[at + 1]
    // What merely stands in a block of code stays as it is.
    if (!next || !endsQuote(line, next) || (line.isCode && !isQuotedCode)) return [line]
    return [line, reworded(next, '>'.repeat(quotesOf(next)))]
  })
}

const endsQuote = (line: Line, next: Line | undefined): boolean =>
  next !== undefined && quotesOf(line) > quotesOf(next) && !isBlank(next)

const quotesOf = ({ text }: Line): number =>
  (/^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+[ \t>]*)*/.exec(text)?.[0] ?? '').split('>').length - 1
