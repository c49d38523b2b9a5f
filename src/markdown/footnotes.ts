import type { StateBlock, StateInline } from 'markdown-it'

/** `[^1]` in a sentence, or a name that has a note: others are classes of a pattern, `[^a-z]`. Not the bracket of a link. */
const REFERENCE = /\[\^([^\]\s]{1,40})\](?![[(:])/y
/** `[^1]: what it says` at the beginning of a line. */
const NOTE = /^\[\^([^\]\s]{1,40})\]:[ \t]*/

/**
 * A footnote's number stays a number, `[1]`, and the note stands where it was written, as WeChat shows it. To CommonMark
 * a note is the address of a link.
 */
export const footnoteReference = (state: StateInline, silent: boolean): boolean => {
  REFERENCE.lastIndex = state.pos
  const found = REFERENCE.exec(state.src)
  if (!found) return false
  const notes = state.env.notes as Set<string> | undefined
  if (!/^\d+$/.test(found[1] ?? '') && !notes?.has(found[1] ?? '')) return false
  if (!silent) state.push('text', '', 0).content = `[${found[1]}]`
  state.pos += found[0].length
  return true
}

/** A paragraph of one line. Further lines of the note are the paragraph after it. */
export const footnote = (state: StateBlock, line: number, _end: number, silent: boolean): boolean => {
  const from = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0)
  const text = state.src.slice(from, state.eMarks[line])
  const found = NOTE.exec(text)
  const isCode = (state.sCount[line] ?? 0) - state.blkIndent >= 4
  if (!found || isCode) return false
  if (silent) return true
  state.line = line + 1
  const notes = (state.env.notes ?? new Set()) as Set<string>
  state.env.notes = notes.add(found[1] ?? '')
  state.push('paragraph_open', 'p', 1).map = [line, line + 1]
  const inline = state.push('inline', '', 0)
  inline.content = `\\[${found[1]}\\] ${text.slice(found[0].length)}`
  inline.map = [line, line + 1]
  inline.children = []
  state.push('paragraph_close', 'p', -1)
  return true
}
