import MarkdownIt, { type StateInline } from 'markdown-it'

const { State } = new MarkdownIt().inline

/**
 * CommonMark sees no end of bold in `**注意：**请` and no start in `看**“这”**`: it wants a space or punctuation on the outer
 * side, and Chinese has no spaces. Beside Chinese, a marker between a sign and a word may open and close. The stars of a
 * glob or a pattern do neither.
 */
export class ChineseStateInline extends State {
  override scanDelims(start: number, canSplitWord: boolean) {
    const found = super.scanDelims(start, canSplitWord)
    const end = start + found.length
    const before = this.src.slice(Math.max(0, start - 2), start)
    const after = this.src.slice(end, end + 2)
    if (this.src[start] === '*' && isPattern(before, after, found.length))
      return { can_open: false, can_close: false, length: found.length }
    const [left, right] = [lastOf(before), firstOf(after)]
    // Two lines beside Chinese are no part of a name, as in `__init__`.
    if (this.src.slice(start, end) === '__' && isHan(left + right))
      return { can_open: isShown(right), can_close: isShown(left), length: 2 }
    const isBeside =
      /[^\0-\x7f]/.test(left + right) && ((isSign(left) && isWord(right)) || (isWord(left) && isSign(right)))
    return {
      can_open: (isBeside || found.can_open) && !ENDS.test(right),
      can_close: (isBeside || found.can_close) && !BEGINS.test(left),
      length: found.length,
    }
  }
}

const lastOf = (text: string): string => Array.from(text).at(-1) ?? ''
const firstOf = (text: string): string => Array.from(text)[0] ?? ''

/** Nothing begins with them, `张**，李**`, nor ends with those. */
const ENDS = /[，。、；：！？）」』】》〉”]/
const BEGINS = /[（「『【《〈“‘]/

const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text)
const isShown = (char: string): boolean => /\S/.test(char)

/** A placeholder is a word. */
const isSign = (char: string): boolean => /[\p{P}\p{S}]/u.test(char)
const isWord = (char: string): boolean => char !== '' && !isSign(char) && !/\s/.test(char)

// `src/*.ts`, the ends of a comment in C, `count(*)`, `^.*foo.*$`. Two stars are one only around slashes.
const isPattern = (before: string, after: string, length: number): boolean => {
  const left = before.at(-1) ?? ''
  const right = after[0] ?? ''
  if (left === right && /["'“”‘’]/.test(left)) return true
  // `**甲**/**乙**` is bold.
  if (length === 2) return right === '/' && (left === '/' || (after[1] === '*' && !/\S/.test(left)))
  if (length > 2) return false
  // `*a*/*b*` is emphasis.
  if (left === '/') return !(before[0] === '*' && /[\p{L}\p{N}]/u.test(right))
  if (right === '/') return !(after[1] === '*' && /[\p{L}\p{N}]/u.test(left))
  if (left === '\\') return true
  // `\w*`, `[a-z]*$`
  if (before[0] === '\\' && /[A-Za-z]/.test(left)) return true
  if (right === '$' && /[\w\])]/.test(left) && !/\d/.test(after[1] ?? '')) return true
  if (right === '.' && /[A-Za-z]/.test(after[1] ?? '')) return true
  if (left === '(' && right === ')') return true
  return left === '.' && (!/[\p{L}\p{N})”’"]/u.test(before[0] ?? '') || /[\w\\$([]/.test(right))
}

/** `==重点==`, as some write what they would mark with a pen. */
export const markTokens = (state: StateInline, silent: boolean): boolean => {
  if (silent || state.src[state.pos] !== '=') return false
  const scanned = state.scanDelims(state.pos, true)
  if (scanned.length !== 2) {
    state.pending += '='.repeat(scanned.length)
    state.pos += scanned.length
    return true
  }
  state.push('text', '', 0).content = '=='
  state.delimiters.push({
    marker: MARK,
    length: 0,
    token: state.tokens.length - 1,
    end: -1,
    open: scanned.can_open,
    close: scanned.can_close,
  })
  state.pos += 2
  return true
}

const MARK = 0x3d

export const markPairs = (state: StateInline): boolean => {
  const all = [state.delimiters, ...state.tokens_meta.map((meta) => meta?.delimiters ?? [])]
  for (const delimiters of all)
    for (const opening of delimiters) {
      const closing = opening.marker === MARK ? delimiters[opening.end] : undefined
      if (!closing) continue
      dress(state, opening.token, 'mark_open', 1)
      dress(state, closing.token, 'mark_close', -1)
    }
  return true
}

const dress = (state: StateInline, at: number, type: string, nesting: 1 | -1): void => {
  const token = state.tokens[at]
  if (!token) return
  token.type = type
  token.tag = 'mark'
  token.nesting = nesting
  token.markup = '=='
  token.content = ''
}
