/**
 * A wording with places to fill:
 * `{name}` a value · `{name|part|parts}` the first word for one, else the second · `{tap:word}` a link whose tap sends the
 * word · `{{` and `}}` braces.
 */
export type Piece =
  | { kind: 'plain'; text: string }
  | { kind: 'value'; name: string }
  | { kind: 'plural'; name: string; one: string; many: string }
  | { kind: 'tap'; word: string }
  | { kind: 'wrong'; text: string }

export type Values = { readonly [name: string]: string | number }

const PIECE = /\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g
const VALUE = /^\{([A-Za-z]+)\}$/
const PLURAL = /^\{([A-Za-z]+)\|([^|]*)\|([^|]*)\}$/
/** Short, as the word of a command is, and nothing that could end the link's tag. */
const TAP = /^\{tap:([^|<>"&\n]{1,40})\}$/

export const parseTemplate = (template: string): Piece[] => (template.match(PIECE) ?? []).map(pieceOf)

const pieceOf = (text: string): Piece => {
  if (text === '{{' || text === '}}') return { kind: 'plain', text: text.slice(1) }
  if (!/[{}]/.test(text)) return { kind: 'plain', text }
  const value = VALUE.exec(text)?.[1]
  if (value !== undefined) return { kind: 'value', name: value }
  const [, name, one, many] = PLURAL.exec(text) ?? []
  if (name !== undefined && one !== undefined && many !== undefined)
    return { kind: 'plural', name, one, many }
  const word = TAP.exec(text)?.[1]?.trim()
  return word ? { kind: 'tap', word } : { kind: 'wrong', text }
}

/** Values are put in as they are: braces in them mean nothing. What has no value stays as it was written. */
export const fillTemplate = (template: string, values: Values): string =>
  parseTemplate(template)
    .map((piece) => filled(piece, values))
    .join('')

const filled = (piece: Piece, values: Values): string => {
  switch (piece.kind) {
    case 'plain':
    case 'wrong':
      return piece.text
    case 'value':
      return String(values[piece.name] ?? `{${piece.name}}`)
    case 'plural':
      return values[piece.name] === 1 ? piece.one : piece.many
    case 'tap':
      return tapTo(piece.word)
  }
}

/**
 * Tapping it sends `word` as if the user had typed it. Undocumented in plain texts but in wide use; every sentence with
 * one says the word as well.
 */
export const tapTo = (word: string): string =>
  `<a href="weixin://bizmsgmenu?msgmenucontent=${encodeURIComponent(word)}&msgmenuid=1">${word}</a>`
