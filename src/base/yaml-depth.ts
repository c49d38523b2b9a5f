import { Lexer } from 'yaml'

/** Between tokens: the next one is a scalar's text. */
const SCALAR = '\u001f'

/**
 * Whether a YAML text nests deeper than `max`, in brackets or on one line (`- - - x`). To be asked before parsing: yaml
 * goes down by recursion, and at the edge of the stack Node has been seen to end the whole process, not only to throw.
 */
export const nestsDeeperThan = (max: number, text: string): boolean => {
  let brackets = 0
  let onLine = 0
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    if (isScalar) isScalar = false
    else if (token === SCALAR) isScalar = true
    else if (token === '[' || token === '{') brackets += 1
    else if (token === ']' || token === '}') brackets -= 1
    else if (token === '\n' || token === '\r\n') onLine = 0
    // In brackets these stand beside each other, not within.
    else if (brackets === 0 && (token === '-' || token === '?' || token === ':')) onLine += 1
    if (brackets > max || onLine > max) return true
  }
  return false
}
