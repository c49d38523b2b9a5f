/** A line of an answer on its way to the parser. */
export type Line = {
  text: string
  /** The number of the line, from 0, in the answer as it was written. */
  from: number
  /** In a block of code, its fences included: nothing in it is mended. */
  isCode: boolean
}

export const linesOf = (text: string): Line[] =>
  text.split('\n').map((line, from) => ({ text: line, from, isCode: false }))

export const isBlank = (line: Line | undefined): boolean => line === undefined || !/[^ \t>]/.test(line.text)

/** The same line with other words. */
export const reworded = (line: Line, text: string): Line => ({
  text,
  from: line.from,
  isCode: line.isCode,
})
