import { MARKS_ANYWHERE } from './thought-marks.ts'

/**
 * A whole answer without the thought whose opening mark was in the prompt, or was swallowed by the provider: everything up
 * to a lone closing mark. A mark that is closed where it was opened, stands in code or is spoken of stays. Where nothing
 * follows the mark, what was shown is all there is, and stays without it.
 */
export const withoutStrayReasoning = (answer: string): string => {
  const plain = withoutCode(answer)
  let open = 0
  for (const { 0: mark, 1: opening, index } of plain.matchAll(MARKS_ANYWHERE)) {
    if (opening !== undefined) open += 1
    else if (open > 0) open -= 1
    else if (!isSpokenOf(answer, index, index + mark.length)) {
      const rest = answer.slice(index + mark.length).trimStart()
      return rest === '' ? answer.slice(0, index).trimEnd() : rest
    }
  }
  return answer
}

/** Whether the mark is a word of a sentence: in quotes, or with the sentence going on around it. */
const isSpokenOf = (answer: string, start: number, end: number): boolean => {
  const before = answer.slice(Math.max(0, start - 80, answer.lastIndexOf('\n', start - 1) + 1), start)
  const after = answer.slice(end, end + 80).split('\n')[0] ?? ''
  if (/["'“‘「『《（([`]$/.test(before) && /^["'”’」』》）)\]`]/.test(after)) return true
  if (before.trim() === '' || after.trim() === '') return false
  // Behind the end of a sentence there is an answer; else it goes on, with spaces around the mark or with such a word.
  if (/[。.!！?？…:：;；]\s*$/.test(before)) return false
  return (/\s$/.test(before) && /^\s/.test(after)) || GOES_ON.test(after)
}

const GOES_ON =
  /^\s?(?:标签|标记|符号|标识|之前|之后|之间|前面|后面|以前|以后|表示|代表|的|和|与|或|、|时[停截结，,]|切分|分割|拆分|截断|即可|是(?:多余|结束|闭合)|tags?\b|marks?\b)/i

/** The answer with blanks in the place of code, character by character. */
const withoutCode = (answer: string): string => {
  let fence = ''
  let kept: string[] = []
  const lines: string[] = []
  for (const line of answer.split('\n')) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
    if (fence === '') {
      lines.push(mark === '' ? withoutSpans(line) : line)
      if (mark !== '') {
        fence = mark
        kept = []
      }
    } else {
      kept.push(line)
      lines.push(blank(line))
      if (mark.startsWith(fence) && line.trim() === mark) fence = ''
    }
  }
  // A fence that is never closed is none: it is of a thought.
  return fence === '' ? lines.join('\n') : [...lines.slice(0, lines.length - kept.length), ...kept].join('\n')
}

const blank = (text: string): string => ' '.repeat(text.length)

/** Code between back-ticks, as many at its end as at its beginning. */
const withoutSpans = (line: string): string => {
  const runs = [...line.matchAll(/`+/g)].map(({ 0: run, index }) => ({ length: run.length, index }))
  const nextOfLength = new Map<number, number>()
  const closes = runs.map(() => -1)
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const length = runs[at]?.length ?? 0
    closes[at] = nextOfLength.get(length) ?? -1
    nextOfLength.set(length, at)
  }
  let out = ''
  let done = 0
  for (let at = 0; at < runs.length; at += 1) {
    const close = runs[closes[at] ?? -1]
    const open = runs[at]
    if (!close || !open) continue
    const end = close.index + close.length
    out += line.slice(done, open.index) + blank(line.slice(open.index, end))
    done = end
    at = closes[at] ?? at
  }
  return out + line.slice(done)
}
