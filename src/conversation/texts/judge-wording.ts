import { closestName } from '../../base/closest-name.ts'
import { byteLength } from '../split-text.ts'
import { KEYS, PLACEHOLDERS, type PlaceholderName, type TextKey, type TextSpec } from './keys.ts'
import { fillText } from './live-texts.ts'
import { type Piece, parseTemplate } from './template.ts'

/** Of a template as it is written. */
export const MAX_BYTES = 1500
/** All but newline. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** What is wrong with a new wording of one text, each in a few words that can follow its key. */
export const judgeTemplate = (key: TextKey, template: string): string[] => {
  if (template.trim() === '')
    return KEYS[key].mayBeEmpty ? [] : ['is empty: write something, or take the line out']
  const bytes = byteLength(template)
  if (bytes > MAX_BYTES) return [`has ${bytes} bytes: at most ${MAX_BYTES} fit`]
  if (!template.isWellFormed() || template.includes('\ufffd'))
    return ['holds characters that cannot be read: save the file as UTF-8']
  if (CONTROL.test(template)) return ['holds a control character or a tab: only line breaks are allowed']
  const pieces = parseTemplate(template)
  const spec = KEYS[key]
  return [...new Set([...pieces.flatMap((piece) => judgePiece(spec, piece)), ...missing(spec, pieces)])]
}

/** What is wrong with the size of a text when it is filled; for one whose template is right. */
export const judgeSize = (key: TextKey, template: (key: TextKey) => string): string[] => {
  const { takes, maxBytes }: TextSpec = KEYS[key]
  const longest = takes.map((name) => PLACEHOLDERS[name].longest)
  const bytes = byteLength(fillText(key, template, longest))
  if (bytes <= maxBytes) return []
  return [`takes up to ${bytes} bytes with its placeholders and links filled: at most ${maxBytes} fit`]
}

const judgePiece = ({ takes, plain }: TextSpec, piece: Piece): string[] => {
  switch (piece.kind) {
    case 'plain':
      return []
    case 'wrong':
      return [
        `"${piece.text.slice(0, 40)}" is no placeholder; for braces in the text write {{ and }}, for a link {tap:word}`,
      ]
    case 'tap':
      return plain ? [`cannot show a link: write ${piece.word} without {tap:…}`] : []
    case 'value':
    case 'plural': {
      const name = takes.find((known) => known === piece.name)
      if (!name) return [`does not know {${piece.name.slice(0, 40)}}: ${instead(takes, piece.name)}`]
      const isNumber = typeof PLACEHOLDERS[name].longest === 'number'
      return piece.kind === 'plural' && !isNumber ? [`{${name}|…|…} needs a number: write {${name}}`] : []
    }
  }
}

const instead = (takes: readonly PlaceholderName[], name: string): string => {
  const meant = closestName(name, takes)
  if (meant) return `did you mean {${meant}}?`
  return takes.length === 0
    ? 'it has no placeholders'
    : `it has ${takes.map((each) => `{${each}}`).join(', ')}`
}

const missing = ({ must }: TextSpec, pieces: readonly Piece[]): string[] =>
  must
    .filter((name) => !pieces.some((piece) => piece.kind === 'value' && piece.name === name))
    .map((name) => `has to keep {${name}}`)
