/**
 * CommonMark sees no end of bold in `**注意：**请` and no start in `看**“这”**`: it wants a space or punctuation on the outer
 * side, and Chinese has no spaces. Models write this all the time. A sign that counts as a symbol, and that clean text
 * never holds, makes the marker count; it is dropped again with the other characters that mean nothing.
 */
export const closeBoldBesideCjk = (text: string): string =>
  text.replace(/(?<!\*)\*{2,3}(?!\*)/g, (marker, at: number) => {
    const before = text[at - 1] ?? ' '
    const after = text[at + marker.length] ?? ' '
    if (!/[^\0-\x7f]/.test(before + after)) return marker
    if (isSign(before) && isWord(after)) return `${marker}\ufffc`
    if (isWord(before) && isSign(after)) return `\ufffc${marker}`
    return marker
  })

const isSign = (char: string): boolean => /[\p{P}\p{S}]/u.test(char)
const isWord = (char: string): boolean => !isSign(char) && !/\s/.test(char)

/** Without the characters that helped the parser to see the end of bold. */
export const withoutHelpers = (text: string): string => text.replaceAll('\ufffc', '')
