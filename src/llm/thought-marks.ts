/**
 * The marks that models and servers put around thoughts. `weak`: a word or a bracket that may as well begin an answer,
 * so that it counts only when the block is closed and something follows.
 */
export type MarkAtStart =
  | { kind: 'none' }
  /** What is there may become a mark. */
  | { kind: 'more' }
  | { kind: 'open'; length: number; close: RegExp; maxCloseChars: number; weak: boolean }
  | { kind: 'close'; length: number }
  /** From here on it is the answer, in marks of its own: `ends` may stand behind it. */
  | { kind: 'answer'; length: number; ends: RegExp }

/** A tag is of a thought when one of these is a word of its name: `<inner_thoughts>`, `<seed:think>`, `<chainOfThought>`. */
const WORDS =
  'think|thinks|thinking|thought|thoughts|reasoning|cot|chainofthought|monologue|innermonologue|scratchpad|antthinking|思考|思考过程|思考過程|思维链'
/** Names of tags that may be of an answer too. */
const WEAK = 'reason|reasons|reflection|reflections|reflect|analysis|rationale|deliberation|推理|思路'
const IS_THOUGHT = new RegExp(`(?:^|[_:.-])(?:${WORDS})(?:$|[_:.-])`)
const IS_WEAK = new RegExp(`^(?:${WEAK})$`)
/** What may stand around the answer, behind a thought. */
const ANSWER_NAMES = new Set([
  'answer',
  'response',
  'final_answer',
  'final',
  'solution',
  'output',
  '回答',
  '答案',
])

const MAX_ATTRIBUTES = 200
const TAG = new RegExp(`^<(/?)([\\p{L}][\\p{L}\\d_:.-]{0,40})(\\s[^<>]{0,${MAX_ATTRIBUTES}})?/?>`, 'u')
const TAG_BEGUN = new RegExp(
  `^<(?:/?(?:[\\p{L}][\\p{L}\\d_:.-]{0,40}(?:\\s[^<>]{0,${MAX_ATTRIBUTES}})?/?)?)?$`,
  'u',
)

type Literal = { open: readonly string[]; close: readonly string[]; weak?: boolean }

const piped = (name: string): Literal => ({
  open: [
    `<|${name}|>`,
    `<|begin_of_${name}|>`,
    `<|start_of_${name}|>`,
    `<|start_${name}|>`,
    `<|begin_${name}|>`,
    `<|${name}_start|>`,
    `<|${name}_begin|>`,
  ],
  close: [`<|/${name}|>`, `</|${name}|>`, `<|end_of_${name}|>`, `<|end_${name}|>`, `<|${name}_end|>`],
})

/** In small letters; marks of servers that are no tags. */
const SURE: readonly Literal[] = [
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning'].map(piped),
  // Of servers that escape what they send.
  ...['think', 'thinking', 'thought', 'reasoning'].map((name) => ({
    open: [`&lt;${name}&gt;`],
    close: [`&lt;/${name}&gt;`],
  })),
  { open: ['◁think▷', '◁thinking▷'], close: ['◁/think▷', '◁/thinking▷'] },
  // Apertus, MedGemma, Gemma, Pangu
  { open: ['<|inner_prefix|>'], close: ['<|inner_suffix|>'] },
  { open: ['<unused94>'], close: ['<unused95>'] },
  { open: ['<|channel>'], close: ['<channel|>'] },
  { open: ['[unused16]'], close: ['[unused17]'] },
  { open: ['＜think＞', '＜思考＞'], close: ['＜/think＞', '＜/思考＞'] },
]
/** Magistral's, and others like it. */
const BRACKETS: readonly Literal[] = ['think', 'thinking', 'thought', 'reasoning'].map((name) => ({
  open: [`[${name}]`],
  close: [`[/${name}]`],
  weak: true,
}))
/** The same in Chinese, in whose prompts and templates such marks are asked for. */
const CHINESE_BRACKETS: readonly Literal[] = ['思考', '思考过程', '思维链', '推理过程'].flatMap((name) =>
  [
    ['【', '】'],
    ['［', '］'],
    ['[', ']'],
  ].map(([left, right]) => ({
    open: [`${left}${name}${right}`, `${left}${name}开始${right}`, `${left}开始${name}${right}`],
    close: [
      `${left}/${name}${right}`,
      `${left}／${name}${right}`,
      `${left}${name}结束${right}`,
      `${left}结束${name}${right}`,
    ],
    weak: true,
  })),
)
const LITERALS: readonly Literal[] = [
  ...SURE,
  ...BRACKETS,
  ...CHINESE_BRACKETS,
  // Granite
  {
    open: ['here is my thought process:', "here's my thought process:"],
    close: ['here is my response:', "here's my response:"],
    weak: true,
  },
  // Apriel
  { open: ['here are my reasoning steps:'], close: ['[begin final response]'], weak: true },
  {
    open: ['```thinking\n', '```thought\n', '```thoughts\n', '```think\n', '```reasoning\n'],
    close: ['\n```'],
    weak: true,
  },
]
const ANSWER_LITERALS: readonly Literal[] = [
  { open: ['<|begin_of_solution|>'], close: ['<|end_of_solution|>'] },
  { open: ['[begin final response]'], close: ['[end final response]'] },
  { open: ['<|begin_of_box|>'], close: ['<|end_of_box|>'] },
  ...['回答', '答案', '最终答案'].map((name) => ({ open: [`【${name}】`], close: [`【/${name}】`] })),
  { open: ['<|start_response|>'], close: ['<|end_response|>'] },
]

/** OpenAI's harmony: https://cookbook.openai.com/articles/openai-harmony */
const HARMONY =
  /^(?:<\|start\|>[a-z]{0,20})?\s{0,5}(?:<\|channel\|>\s{0,5}([a-z_]{1,30})[^<]{0,100})?(?:<\|constrain\|>[^<]{0,50})?<\|message\|>/i
const HARMONY_BEGUN =
  /^<\|(?:start|channel|message)\|>[^<]{0,160}(?:<\|(?:channel|constrain)\|>[^<]{0,150}){0,2}(?:<[|a-z]{0,12})?$/i
const HARMONY_CLOSE = /<\|(?:end|return|call)\|>|(?=<\|(?:start|channel)\|>)/i
const HARMONY_ENDS = /^<\|(?:return|end|call)\|>\s{0,100}$/i
const HARMONY_OPENS = ['<|start|>', '<|channel|>', '<|message|>']

/** What is left of harmony where a server swallows its marks: `analysis…assistantfinal…`. */
const STRIPPED = /^(?:assistant)?(?:analysis|commentary)(?=[\p{Lu}\p{Lo}\n“"])/u
const STRIPPED_WORDS = [
  'analysis',
  'commentary',
  'assistantanalysis',
  'assistantcommentary',
  'assistantfinal',
]
const STRIPPED_CLOSE = /assistantfinal/

const DETAILS = /^<details\b[^<>]{0,200}>\s{0,10}(?:<summary\b[^<>]{0,100}>([^<>]{0,200})<\/summary>)?/i
const DETAILS_BEGUN =
  /^<details\b[^<>]{0,200}(?:>\s{0,10}(?:<(?:summary\b[^<>]{0,100}(?:>[^<>]{0,200}(?:<[/a-z]{0,9})?)?|[a-z]{0,7})?)?)?$/i
const THINKS = /思考|推理|思维|thought|thinking|reason/i

const NONE: MarkAtStart = { kind: 'none' }
const MORE: MarkAtStart = { kind: 'more' }

/** The mark that a text begins with. `isLast`: nothing will follow. `hasBlock`: a thought stands before it. */
export const markAtStart = (text: string, isLast: boolean, hasBlock: boolean): MarkAtStart => {
  const head = text.slice(0, 600)
  const mark =
    harmonyAt(head) ??
    detailsAt(head) ??
    tagAt(head, hasBlock) ??
    literalAt(head, hasBlock) ??
    strippedAt(head)
  if (mark) return mark
  return !isLast && mayBecomeMark(head, hasBlock) ? MORE : NONE
}

const harmonyAt = (head: string): MarkAtStart | undefined => {
  const found = HARMONY.exec(head)
  if (!found) return undefined
  const [{ length }, channel] = found
  if (channel === undefined || /^final$/i.test(channel)) return { kind: 'answer', length, ends: HARMONY_ENDS }
  return { kind: 'open', length, close: HARMONY_CLOSE, maxCloseChars: 12, weak: false }
}

const detailsAt = (head: string): MarkAtStart | undefined => {
  const [whole, summary = ''] = DETAILS.exec(head) ?? []
  if (whole === undefined) return undefined
  const opening = /^<[^>]*>/.exec(whole)?.[0] ?? ''
  const isTyped = /type\s*=\s*["']?(?:reasoning|thinking|thought)/i.test(opening)
  if (!isTyped && !THINKS.test(summary)) return undefined
  const { length } = isTyped ? opening : whole
  return { kind: 'open', length, close: /<\/details\s{0,3}>/i, maxCloseChars: 14, weak: false }
}

const tagAt = (head: string, hasBlock: boolean): MarkAtStart | undefined => {
  const [whole, slash, written = ''] = TAG.exec(head) ?? []
  if (whole === undefined) return undefined
  const name = plainName(written)
  const length = whole.length
  const isWeak = IS_WEAK.test(name)
  if (isWeak || IS_THOUGHT.test(name)) {
    // Closed, or empty from the beginning.
    if (slash === '/' || whole.endsWith('/>')) return { kind: 'close', length }
    const close = new RegExp(`</\\s{0,3}${escaped(written)}\\s{0,3}>`, 'i')
    return { kind: 'open', length, close, maxCloseChars: written.length + 9, weak: isWeak }
  }
  if (slash === '/' || !hasBlock || !ANSWER_NAMES.has(name)) return undefined
  return { kind: 'answer', length, ends: new RegExp(`^</${escaped(written)}>\\s{0,100}$`, 'i') }
}

const literalAt = (head: string, hasBlock: boolean): MarkAtStart | undefined => {
  const small = head.slice(0, 40).toLowerCase()
  for (const { open, close, weak = false } of LITERALS) {
    const found = open.find((mark) => small.startsWith(mark))
    if (found !== undefined)
      return {
        kind: 'open',
        length: found.length,
        close: closing(close),
        maxCloseChars: longest(close),
        weak,
      }
    const lone = close.find((mark) => /[</◁&]/.test(mark) && small.startsWith(mark))
    if (lone !== undefined) return { kind: 'close', length: lone.length }
  }
  if (!hasBlock) return undefined
  for (const { open, close } of ANSWER_LITERALS) {
    const found = open.find((mark) => small.startsWith(mark))
    if (found !== undefined)
      return {
        kind: 'answer',
        length: found.length,
        ends: new RegExp(`^(?:${anyOf(close).source})\\s{0,100}$`, 'i'),
      }
  }
  return undefined
}

/** What ends a thought by beginning the answer stays to be read as that. */
const closing = (marks: readonly string[]): RegExp =>
  ANSWER_LITERALS.some(({ open }) => open.some((mark) => marks.includes(mark)))
    ? new RegExp(`(?=${anyOf(marks).source})`, 'i')
    : anyOf(marks)

const strippedAt = (head: string): MarkAtStart | undefined => {
  if (head.startsWith('assistantfinal')) return { kind: 'close', length: 'assistantfinal'.length }
  const found = STRIPPED.exec(head)
  return found
    ? { kind: 'open', length: found[0].length, close: STRIPPED_CLOSE, maxCloseChars: 14, weak: true }
    : undefined
}

const mayBecomeMark = (head: string, hasBlock: boolean): boolean => {
  const small = head.toLowerCase()
  const literals = hasBlock ? [...LITERALS, ...ANSWER_LITERALS] : LITERALS
  return (
    small === '' ||
    literals.some(({ open, close }) => [...open, ...close].some((mark) => mark.startsWith(small))) ||
    [...HARMONY_OPENS, '<details', ...STRIPPED_WORDS].some((mark) => mark.startsWith(small)) ||
    HARMONY_BEGUN.test(head) ||
    DETAILS_BEGUN.test(head) ||
    (TAG_BEGUN.test(head) && nameMayBe(head, hasBlock))
  )
}

/** `<thi`, `<think time="3`: a name that may become one of ours, or is one. */
const nameMayBe = (head: string, hasBlock: boolean): boolean => {
  const name = plainName(/^<\/?([\p{L}\d_:.-]*)/u.exec(head)?.[1] ?? '')
  const isWhole = /^<\/?[^\s]+\s/.test(head)
  return !isWhole || IS_WEAK.test(name) || IS_THOUGHT.test(name) || (hasBlock && ANSWER_NAMES.has(name))
}

/** In small letters, with its words apart. */
const plainName = (written: string): string => written.replace(/(\p{Ll})(?=\p{Lu})/gu, '$1_').toLowerCase()

const escaped = (text: string): string => text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')
const anyOf = (marks: readonly string[]): RegExp => new RegExp(marks.map(escaped).join('|'), 'i')
const longest = (marks: readonly string[]): number => Math.max(...marks.map(({ length }) => length))

const alternatives = (marks: readonly string[]): string => marks.map(escaped).join('|')
const ALONE = [...SURE, ...BRACKETS, ...CHINESE_BRACKETS]
const WORD = '[\\p{L}\\d]{1,20}[_:.-]'
const NAME = `(?:(?:${WORD}){0,3}(?:${WORDS})(?:[_:.-][\\p{L}\\d]{1,20}){0,3}|${WEAK})`
const OPENS = `<${NAME}(?:\\s[^<>]{0,${MAX_ATTRIBUTES}})?>|${alternatives(ALONE.flatMap(({ open }) => open))}`
const CLOSES = `</\\s{0,3}${NAME}\\s{0,3}>|${alternatives(ALONE.flatMap(({ close }) => close))}`
const FINAL =
  '\\[begin final response\\]|(?:<\\|end\\|>)?<\\|start\\|>assistant<\\|channel\\|>final<\\|message\\|>|assistantfinal(?=[\\p{Lo}\\p{Lu}])'

/** Anywhere in an answer: what begins a thought, in the first group, or ends one. */
export const MARKS_ANYWHERE = new RegExp(`(${OPENS})|(?:${CLOSES}|${FINAL})`, 'giu')
