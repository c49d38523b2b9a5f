import type { Token } from 'markdown-it'

/**
 * CommonMark also reads emphasis into `2*3*4`, `2**3**4`, `长*宽*高` and `__init__`. Between Latin letters or digits the
 * marks count, a single star between Chinese words multiplies, and what languages write in double underscores is a name.
 */
export const unmarkProducts = (tokens: Token[]): Token[] => {
  const opened: number[] = []
  tokens.forEach((token, at) => {
    if (OPENS.has(token.type)) opened.push(at)
    if (!CLOSES.has(token.type)) return
    const from = opened.pop() ?? at
    if (isProduct(tokens, from, at) || isName(tokens, from, at)) unmark(tokens[from], token)
  })
  return tokens
}

const OPENS = new Set(['em_open', 'strong_open', 'mark_open'])
const CLOSES = new Set(['em_close', 'strong_close', 'mark_close'])

const isProduct = (tokens: Token[], from: number, to: number): boolean => {
  const markup = tokens[to]?.markup ?? ''
  if (markup.startsWith('_')) return false
  const before = charsBeside(tokens, from - 1, -1).at(-1)
  const after = charsBeside(tokens, to + 1, 1).at(0)
  // What stands in brackets by itself, `(*so*)`, is no factor.
  if (/[(（]/.test(before ?? '') || /[)）]/.test(after ?? '')) return false
  const first = charsBeside(tokens, from + 1, 1).at(0)
  const last = charsBeside(tokens, to - 1, -1).at(-1)
  // `A**重点**B` is no power.
  const isPower = markup === '*' || !(isHan(first) && isHan(last))
  if (isFactor(before) && isFactor(after)) return isPower
  if (markup !== '*') return false
  if (!isQuantity(before) || !isQuantity(after)) return false
  return isOperand(first) && isOperand(last)
}

const isName = (tokens: Token[], from: number, to: number): boolean => {
  const word = tokens[from + 1]?.content ?? ''
  if (tokens[to]?.markup !== '__' || to !== from + 2 || !/^[a-z][a-z0-9_]*$/.test(word)) return false
  if (word.includes('_') || NAMES.has(word)) return true
  return charsBeside(tokens, from - 1, -1).at(-1) === '.' || charsBeside(tokens, to + 1, 1).at(0) === '('
}

/** What Python and JavaScript call so; any other word in double underscores is bold. */
const NAMES = new Set(
  `abs add all and annotations await bases bool builtins bytes call ceil class closure code complex contains copy
  debug deepcopy defaults del delattr delete delitem dict dir dirname div divmod doc enter eq exit file filename float
  floor floordiv format func future ge get getattr getattribute getitem getstate globals gt hash iadd import index init
  int invert iter kwdefaults le len loader lshift lt main matmul missing mod module mro mul name ne neg new next or
  package path pos post pow proto qualname radd reduce repr reversed rmul round rshift rsub self set setattr setitem
  setstate sizeof slots spec str sub subclasses truediv trunc typename version weakref xor`.split(/\s+/),
)

const isHan = (char: string | undefined): boolean => char !== undefined && /\p{Script=Han}/u.test(char)

const isFactor = (char: string | undefined): boolean => char !== undefined && /[0-9A-Za-z()]/.test(char)

/** A word on the outer side of `X*Y*Z`. The small words of a sentence are none: in `这是*重*点` the stars stress. */
const isQuantity = (char: string | undefined): boolean =>
  char !== undefined &&
  /[\p{L}\p{N}()（）%]/u.test(char) &&
  !/[是的了我你您他她它们这那就也都很不在会要能没把被让和与或但而请地得还才又再真太最更去来说着吗呢吧啊]/.test(
    char,
  )

const isOperand = (char: string | undefined): boolean =>
  char !== undefined && /[\p{L}\p{N}()（）%.\ufdd0\ufdd1]/u.test(char)

/** The parser leaves empty texts between markers. */
const charsBeside = (tokens: Token[], at: number, step: 1 | -1): string[] => {
  let here = at
  while (tokens[here]?.type === 'text' && tokens[here]?.content === '') here += step
  const token = tokens[here]
  if (token?.type !== 'text') return []
  return Array.from(step === 1 ? token.content.slice(0, 2) : token.content.slice(-2))
}

const unmark = (...pair: (Token | undefined)[]): void => {
  for (const token of pair) {
    if (!token) continue
    token.type = 'text'
    token.tag = ''
    token.nesting = 0
    token.content = token.markup
  }
}
