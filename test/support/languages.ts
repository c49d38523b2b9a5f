const HAN = /\p{Script=Han}/u
/** Three words of small letters in a row are a sentence; names, options and figures are not. */
const ENGLISH = /(?<![\w"'`<-])[a-z]{2,},? [a-z]{2,},? [a-z]{2,}/

/** A command is the same in every language. */
const COMMAND = /\byingda(?: [a-z]+){1,2}/g

export const hasChinese = (text: string): boolean => HAN.test(text)

/** Lines that are not in the language they should be in. */
export const foreign = (language: 'zh' | 'en', text: string): string[] =>
  text
    .split('\n')
    .filter((line) => (language === 'zh' ? ENGLISH.test(line.replace(COMMAND, '…')) : HAN.test(line)))
