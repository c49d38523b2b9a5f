import { commandText, type Reading } from './tex-commands.ts'
import { texReader } from './tex-reader.ts'
import { subscript, superscript } from './tex-shapes.ts'

/** Each level of braces reads its inside again. Deeper ones stay as written, and so does what no formula is as long as. */
const maxDepth = 24
const maxTexChars = 8000

/**
 * A TeX formula as text a person can read: `\frac{a}{b}` → `a/b`, `x^2` → `x²`. Rows of aligned equations are lines.
 * What it does not know it leaves as written.
 */
export const formulaText = (tex: string): string => (tex.length > maxTexChars ? tex : textOf(tex))

const textOf = (tex: string): string =>
  read(tex, 0)
    .split('\n')
    .map((line) =>
      line
        .replace(/\s+/g, ' ')
        .replace(/([([]) | (?=[)\]])/g, '$1')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n')

const read = (tex: string, depth: number): string => {
  if (depth > maxDepth) return tex
  const reader = texReader(tex)
  const inner = (written: string): string => read(written, depth + 1).trim()
  const reading: Reading = { reader, inner, argument: () => inner(reader.argument()), before: '' }
  // In pieces: to look at the end of one long string would copy it each time.
  const out: string[] = []
  const say = (text: string): void => {
    if (text === '') return
    out.push(text)
    reading.before = text.at(-1) ?? ''
  }
  for (let token = reader.next(); token !== undefined; token = reader.next()) {
    if (token === '^' || token === '_') {
      // The space before a script is nobody's: "\sum _{i}".
      while (out.length > 0 && out.at(-1)?.trim() === '') out.pop()
      const last = out.pop() ?? ''
      say(last.trimEnd())
      say(script(token, reading))
    } else if (token.length > 1 && token.startsWith('\\')) {
      say(commandText(token.slice(1), reading))
    } else {
      say(characterText(token))
    }
  }
  return out.join('')
}

const characterText = (token: string): string => {
  if (token === '{' || token === '}' || token === '&') return ''
  if (token === '~' || /^\s/.test(token)) return ' '
  return token === "'" ? '′' : token
}

const script = (token: string, reading: Reading): string => {
  const text = token === '^' ? superscript(reading.argument()) : subscript(reading.argument())
  // x_max y must not become x_maxy.
  return /[\p{L}\p{N}]$/u.test(text) &&
    /^[_^]/.test(text) &&
    /^[\p{L}\p{N}]/u.test(reading.reader.peek() ?? '')
    ? `${text} `
    : text
}
