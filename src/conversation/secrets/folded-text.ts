import { normalForm } from '../../base/normal-form.ts'

/**
 * A text as a secret is looked for in it: full-width forms narrow, whatever is drawn like a hyphen a hyphen, what is not
 * seen left out, and what pages and addresses write for a sign the sign. A key that was dressed up on its way is itself
 * again.
 */
export const foldedText = (text: string): string =>
  normalForm(withoutEscapes(normalForm(text, 'NFKC')), 'NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\p{Dash}/gu, '-')

const NAMED: { [name: string]: string } = {
  ndash: '-',
  mdash: '-',
  dash: '-',
  hyphen: '-',
  minus: '-',
  lowbar: '_',
  period: '.',
  colon: ':',
  equals: '=',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwj: '',
  zwnj: '',
}
const ESCAPE = /&#(?:(\d{1,6})|[xX]([0-9a-fA-F]{1,5}));?|&([a-z]{2,6});|%([2-7][0-9a-fA-F])/g

const withoutEscapes = (text: string): string =>
  // Twice escaped on its way: `&amp;#45;`, `%252D`.
  text
    .replace(/&amp;/g, '&')
    .replace(/%25(?=[2-7])/g, '%')
    .replace(ESCAPE, (written, decimal, hexadecimal, name, byte) => {
      if (name !== undefined) return NAMED[name] ?? written
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? byte, 16) : Number(decimal)
      return String.fromCodePoint(code)
    })
