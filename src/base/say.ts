/** What the operator reads, in both languages: the terminal, the log's hints, the start. Users' texts are elsewhere. */
export type Words = { zh: string; en: string }

export type OperatorLanguage = keyof Words

let language: OperatorLanguage = 'en'

/** Once, at the start of a program: what it says to the operator from now on. */
export const speak = (chosen: OperatorLanguage): void => {
  language = chosen
}

/** In the operator's language. */
export const say = (words: Words): string => words[language]

/**
 * As the terminal is set (`LC_ALL`, `LC_MESSAGES`, `LANG`) where it names Chinese or English; else, as in a container, the
 * language of `LOCALE`, which is Chinese unless set otherwise.
 */
export const operatorLanguage = (env: { readonly [name: string]: string | undefined }): OperatorLanguage => {
  const terminal = (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').toLowerCase()
  if (/^zh([_.-]|$)/.test(terminal)) return 'zh'
  if (/^en([_.-]|$)/.test(terminal)) return 'en'
  return env.LOCALE === 'en' ? 'en' : 'zh'
}

/** What follows a Chinese word in a sentence: a Latin word wants a space before it. */
export const afterHan = (text: string): string => (/^[\x21-\x7e]/.test(text) ? ` ${text}` : text)
