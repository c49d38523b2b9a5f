import { normalForm } from '../../base/normal-form.ts'

/**
 * A text as a secret is looked for in it: full-width forms narrow, whatever is drawn like a hyphen a hyphen, and what is
 * not seen left out. A key that a phone has dressed up is itself again.
 */
export const foldedText = (text: string): string =>
  normalForm(text, 'NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\p{Dash}/gu, '-')
