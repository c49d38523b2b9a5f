/** KaTeX's MathML as browsers of today (MathML Core) show it right. */
export const tuned = (mathMl: string): string => withSpaces(withMathLetters(withSigns(bare(mathMl))))

/** Without the TeX that KaTeX keeps beside it, and without the empty cells that hold the place of a number. */
const bare = (mathMl: string): string =>
  mathMl
    .replace(/<annotation[^>]*>[\s\S]*?<\/annotation>|<\/?semantics>/g, '')
    .replace(/<mtd class ?="(?:mtr-glue|mml-eqn-num)"><\/mtd>/g, '')

/** The bars that browsers stretch, and an arrow that stands where it belongs. */
const withSigns = (mathMl: string): string =>
  mathMl
    .replace(/<mo fence="true">[|∣]<\/mo>/g, '<mo fence="true" stretchy="true">|</mo>')
    .replace(/<mo fence="true">[‖∥]<\/mo>/g, '<mo fence="true" stretchy="true">‖</mo>')
    .replaceAll('<mo>\u20d7</mo>', '<mo stretchy="false">→</mo>')

/** As TeX sets them: "n log n", but "log(n)". */
const withSpaces = (mathMl: string): string =>
  mathMl
    .replace(
      /(<\/(?:mi|mn|msup|msub|msubsup|mrow|mfrac|msqrt)>)(?=<mi>[a-z]{2,}<\/mi><mo>\u2061<)/g,
      `$1${SPACE}`,
    )
    .replace(/<mo>\u2061<\/mo>(?!<mo stretchy="false">\()/g, SPACE)

const SPACE = '<mspace width="0.1667em"></mspace>'

/** Letters of another style as the characters Unicode has for them: no `mathvariant` is known but `normal`. */
const withMathLetters = (mathMl: string): string =>
  mathMl.replace(
    /<(mi|mn|mo|mtext) mathvariant="(double-struck|script|fraktur)">([^<&]*)<\/\1>/g,
    (_, tag: string, style: string, text: string) =>
      `<${tag} mathvariant="normal">${Array.from(text, (char) => letterOf(char, STYLES[style])).join('')}</${tag}>`,
  )

type Style = {
  /** Where its A, its a and its 0 are. */
  upper: number
  lower: number
  digit?: number
  /** Letters that Unicode had before. */
  older: { [char: string]: string }
}

const STYLES: { [name: string]: Style } = {
  'double-struck': {
    ...{ upper: 0x1d538, lower: 0x1d552, digit: 0x1d7d8 },
    older: { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' },
  },
  script: {
    ...{ upper: 0x1d49c, lower: 0x1d4b6 },
    older: { B: 'ℬ', E: 'ℰ', F: 'ℱ', H: 'ℋ', I: 'ℐ', L: 'ℒ', M: 'ℳ', R: 'ℛ', e: 'ℯ', g: 'ℊ', o: 'ℴ' },
  },
  fraktur: {
    ...{ upper: 0x1d504, lower: 0x1d51e },
    older: { C: 'ℭ', H: 'ℌ', I: 'ℑ', R: 'ℜ', Z: 'ℨ' },
  },
}

const letterOf = (char: string, style: Style | undefined): string => {
  if (style === undefined) return char
  const older = style.older[char]
  if (older !== undefined) return older
  const code = char.charCodeAt(0)
  if (/^[A-Z]$/.test(char)) return String.fromCodePoint(style.upper + code - 0x41)
  if (/^[a-z]$/.test(char)) return String.fromCodePoint(style.lower + code - 0x61)
  if (/^\d$/.test(char) && style.digit !== undefined) return String.fromCodePoint(style.digit + code - 0x30)
  return char
}
