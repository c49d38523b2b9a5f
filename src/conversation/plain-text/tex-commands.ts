import { normalForm } from '../../base/normal-form.ts'
import { chemistry, quantity } from './chemistry.ts'
import type { Environment, TexReader } from './tex-reader.ts'
import { accented, fraction, root, subscript, superscript } from './tex-shapes.ts'
import * as symbols from './tex-symbols.ts'

export type Reading = {
  reader: TexReader
  /** TeX inside this one, as text. */
  inner: (tex: string) => string
  /** The next argument, as text. */
  argument: () => string
  /** The last character said so far, or ''. */
  before: string
}

/** The text of a command, named without its backslash, with the arguments it takes from the reader. */
export const commandText = (name: string, reading: Reading): string => {
  const operator = symbols.spaced.get(name)
  if (operator !== undefined) return ` ${operator} `
  if (symbols.functionNames.has(name)) return functionText(name, reading)
  if (symbols.spaces.has(name)) return ' '
  if (symbols.silent.has(name)) return sizeText(reading)
  if (symbols.wrappers.has(name)) return reading.argument()
  if (symbols.texts.has(name)) return reading.reader.argument().replace(/\\?\$/g, '')
  if (name === 'partial' || name === 'nabla') reading.reader.skipSpace()
  const mark = symbols.accents.get(name)
  if (mark !== undefined) return accented(reading.argument(), mark)
  return symbols.signs.get(name) ?? shapes[name]?.(reading) ?? unknown(name, reading)
}

const shapes: Record<string, (reading: Reading) => string> = {
  frac: (reading) => fractionText(reading),
  dfrac: (reading) => fractionText(reading),
  tfrac: (reading) => fractionText(reading),
  cfrac: (reading) => fractionText(reading),
  binom: ({ argument }) => `C(${argument()}, ${argument()})`,
  dbinom: ({ argument }) => `C(${argument()}, ${argument()})`,
  sqrt: ({ reader, inner, argument }) => root(inner(reader.option() ?? ''), argument()),
  mathbb: ({ argument }) => [...argument()].map((char) => symbols.blackboard.get(char) ?? char).join(''),
  overset: ({ argument }) => aside(superscript, argument),
  stackrel: ({ argument }) => aside(superscript, argument),
  underset: ({ argument }) => aside(subscript, argument),
  xrightarrow: ({ argument }) => arrow('→', argument()),
  xleftarrow: ({ argument }) => arrow('←', argument()),
  // `\operatorname*{argmax}` sets what is below it apart, and no more.
  operatorname: ({ reader, argument }) => {
    if (reader.peek() === '*') reader.next()
    return argument()
  },
  substack: ({ argument }) =>
    argument()
      .split(/\s*\n\s*/)
      .join(', '),
  pmod: ({ argument }) => ` (mod ${argument()})`,
  bmod: () => ' mod ',
  mod: () => ' mod ',
  not: ({ argument }) => ` ${normalForm(`${argument()}\u0338`, 'NFC')} `,
  ce: ({ reader, inner }) => chemistry(reader.argument(), inner),
  pu: ({ reader }) => quantity(reader.argument()),
  tag: ({ argument }) => ` (${argument()})`,
  color: ignoreArgument,
  textcolor: ignoreArgument,
  label: ignoreArgument,
  hspace: ignoreArgument,
  vspace: ignoreArgument,
  phantom: ignoreArgument,
  begin: ({ reader, inner }) => environmentText(reader.environment(), inner),
  end: ignoreArgument,
  '\\': ({ reader }) => {
    reader.option()
    return '\n'
  },
  '|': () => '‖',
}
for (const char of '{}%$&#_') shapes[char] = () => char

function ignoreArgument({ reader }: Reading): string {
  reader.argument()
  return ''
}

const aside = (script: (text: string) => string, argument: () => string): string => {
  const small = script(argument())
  return argument() + small
}

const arrow = (sign: string, above: string): string => (above === '' ? ` ${sign} ` : ` ${sign}(${above}) `)

/** `\left.` is a delimiter that is not there. */
const sizeText = ({ reader }: Reading): string => {
  reader.skipSpace()
  if (reader.peek() === '.') reader.next()
  return ''
}

/** Letters beside `sin` would run into it. */
const functionText = (name: string, { reader, before }: Reading): string => {
  const ahead = reader.peek() ?? ''
  const start = /[\p{L}\p{N})]/u.test(before) ? ' ' : ''
  return `${start}${name}${startsFactor(ahead) ? ' ' : ''}`
}

/** `\frac12 mv` is not 1/2mv. */
const fractionText = ({ reader, argument, before }: Reading): string => {
  const text = fraction(argument(), argument())
  const ahead = reader.peek() ?? ''
  return /[\p{L}\p{Nd}]/u.test(before) || ahead === '^' || ahead === '(' || startsFactor(ahead)
    ? `(${text})`
    : text
}

const startsFactor = (token: string): boolean => {
  if (!token.startsWith('\\')) return /^[\p{L}\p{N}]/u.test(token)
  const name = token.slice(1)
  return /^[A-Za-z]/.test(name) && !symbols.spaced.has(name) && !symbols.silent.has(name) && !ends.has(name)
}
const ends = new Set([
  ...symbols.spaces,
  'end',
  'tag',
  'text',
  'label',
  'pmod',
  'bmod',
  'mod',
  'not',
  'rangle',
  'rvert',
])

const unknown = (name: string, { reader, inner }: Reading): string => {
  let text = `\\${name}`
  if (/^[A-Za-z]/.test(name)) while (reader.peek() === '{') text += `{${inner(reader.argument())}}`
  return text
}

const fences: Record<string, [string, string]> = {
  pmatrix: ['(', ')'],
  bmatrix: ['[', ']'],
  Bmatrix: ['{', '}'],
  vmatrix: ['|', '|'],
  Vmatrix: ['‖', '‖'],
  matrix: ['', ''],
  smallmatrix: ['', ''],
  array: ['', ''],
  darray: ['', ''],
  subarray: ['', ''],
  cases: ['{ ', ''],
  dcases: ['{ ', ''],
  rcases: ['', ' }'],
  drcases: ['', ' }'],
}

/** A matrix is said in one line, `(1, 2; 3, 4)`; equations keep their lines. */
const environmentText = ({ name, rows }: Environment, inner: (tex: string) => string): string => {
  const fence = fences[name.replace('*', '')]
  const said = rows.map((cells) => cells.map(inner))
  if (!fence) return `\n${said.map((cells) => cells.join(' ')).join('\n')}\n`
  const lines = said
    .map((cells) => cells.map((cell) => cell.replace(/[,，;；]$/, '')).join(', '))
    .filter((line) => line !== '')
  return fence[0] + lines.join('; ') + fence[1]
}
