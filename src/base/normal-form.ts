/** No language has more marks on one letter: https://unicode.org/reports/tr15/#Stream_Safe_Text_Format */
const TOO_MANY_MARKS = /(\p{M}{30})\p{M}+/gu

/**
 * The text in a normal form, in time that is linear in its length: marks are sorted on their letter, which takes time
 * that is quadratic in their number, so of more than 30 in a row the rest is left out.
 */
export const normalForm = (text: string, form: 'NFC' | 'NFKC'): string =>
  text.replace(TOO_MANY_MARKS, '$1').normalize(form)
