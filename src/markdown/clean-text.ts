/** `toWellFormed`, which phones of some years ago do not have. */
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * Line ends become `\n`; unpaired surrogates become U+FFFD; control characters go, and so do U+FFFE and U+FFFF, which
 * XML 1.0 cannot carry, and what means nothing in text: the byte order mark, the object replacement character and the
 * noncharacters U+FDD0 to U+FDEF. So do the controls of writing direction, which turn a name around: what is written
 * from right to left is shown so by its letters.
 */
export const cleanText = (text: string): string =>
  text
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffc\ufffe\uffff]/g,
      '',
    )
