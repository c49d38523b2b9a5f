/** The language that a fence names; empty when it names none. */
export const languageOf = (info: string): string => /^[\w+#.-]{1,20}/.exec(info)?.[0] ?? ''
