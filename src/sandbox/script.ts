/** What the scripted model will do with one request. */
export type Script = {
  text: string
  /** Before the first token. */
  waitMs: number
  /** Between two pieces; undefined leaves it to the model's own pace. */
  gapMs?: number
  reasoning?: 'tags' | 'field'
  /** An HTTP error instead of an answer. */
  status?: number
  ending: 'stop' | 'length' | 'content_filter' | 'cut' | 'never'
}

export type ScriptMessage = { role: string; text: string }

/** One phrase of the last user message. `number`: what the figure after it means. */
export type Phrase = {
  zh: string
  en: string
  number?: string
  does: string
  apply(asked: { number: number; english: boolean; messages: ScriptMessage[] }): Partial<Script>
}

const MAX_CHARACTERS = 200_000
const MAX_WAIT_SECONDS = 3600
const MAX_ROWS = 3000

/**
 * Every phrase the scripted model knows. A word without a figure counts when it stands alone (空气 is not 空);
 * several may stand in one message: `慢 4.4 长 5000`.
 */
export const PHRASES: Phrase[] = [
  {
    ...{ zh: '慢', en: 'slow', number: 'seconds', does: 'waits before the first token; decimals allowed' },
    apply: ({ number }) => ({ waitMs: Math.min(number, MAX_WAIT_SECONDS) * 1000 }),
  },
  {
    ...{ zh: '逐字', en: 'drip', number: 'milliseconds', does: 'waits between two pieces' },
    apply: ({ number }) => ({ gapMs: number }),
  },
  {
    ...{
      zh: '长',
      en: 'long',
      number: 'characters',
      does: 'answers with numbered sentences of exactly that length',
    },
    apply: ({ number, english }) => ({ text: longText(Math.min(number, MAX_CHARACTERS), english) }),
  },
  {
    ...{ zh: '失败', en: 'fail', number: 'HTTP status', does: 'answers with that HTTP error, 400 to 599' },
    apply: ({ number }) => ({ status: number >= 400 && number <= 599 ? Math.floor(number) : 500 }),
  },
  {
    ...{ zh: '断开', en: 'cut', does: 'drops the connection in the middle of the answer' },
    apply: () => ({ ending: 'cut' }),
  },
  { ...{ zh: '永不', en: 'never', does: 'never answers' }, apply: () => ({ ending: 'never' }) },
  {
    ...{ zh: '思考', en: 'think', does: 'thinks aloud in <think> tags before the answer' },
    apply: () => ({ reasoning: 'tags' }),
  },
  {
    ...{ zh: '推理', en: 'reason', does: 'thinks aloud in reasoning_content before the answer' },
    apply: () => ({ reasoning: 'field' }),
  },
  { ...{ zh: '空', en: 'empty', does: 'answers with no content' }, apply: () => ({ text: '' }) },
  {
    ...{ zh: '截断', en: 'truncate', does: 'ends with finish_reason length' },
    apply: () => ({ ending: 'length' }),
  },
  {
    ...{ zh: '过滤', en: 'filter', does: 'ends with finish_reason content_filter' },
    apply: () => ({ ending: 'content_filter' }),
  },
  {
    ...{ zh: '表格', en: 'markdown', does: 'answers with every Markdown feature' },
    apply: () => ({ text: MARKDOWN }),
  },
  {
    ...{ zh: '大表', en: 'table', number: 'rows', does: 'answers with a table of eight columns' },
    apply: ({ number }) => ({ text: tableText(Math.min(number, MAX_ROWS)) }),
  },
  {
    ...{
      zh: '历史',
      en: 'history',
      does: 'says how many messages it was given and quotes the earlier questions',
    },
    apply: ({ messages }) => ({ text: historyText(messages) }),
  },
]

const matchOf = (phrase: Phrase, question: string): RegExpMatchArray | null => {
  const figure = phrase.number !== undefined
  // A figure makes a Chinese word plain enough to stand inside a sentence: 讲一个长 5000 字的故事.
  const chinese = figure ? phrase.zh : `(?<![\\p{L}\\p{N}])${phrase.zh}`
  const words = `(?:${chinese}|(?<![\\p{L}\\p{N}])(${phrase.en}))`
  const rest = figure ? '\\s*(\\d+(?:\\.\\d+)?)' : '(?![\\p{L}\\p{N}])'
  return question.match(new RegExp(words + rest, 'iu'))
}

/** Reads the last user message and says what to do. */
export const writeScript = (messages: ScriptMessage[]): Script => {
  const question = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  const script: Script = { text: echoText(question), waitMs: 0, ending: 'stop' }
  for (const phrase of PHRASES) {
    const match = matchOf(phrase, question)
    if (!match) continue
    const asked = { number: Number(match[2] ?? 0), english: match[1] !== undefined, messages }
    Object.assign(script, phrase.apply(asked))
  }
  return script
}

/** What it thinks aloud when asked to; never part of an answer. */
export const THOUGHTS = '这是沙盒模型的思考过程，不应出现在答案里。'

const echoText = (question: string): string =>
  `我是沙盒模型（scripted model），不是真正的人工智能。\n\n你说的是：${question}\n\n` +
  '接入真实的模型后，这里会是它的回答。'

const historyText = (messages: ScriptMessage[]): string => {
  const earlier = messages.filter(({ role }) => role === 'user').slice(0, -1)
  const quotes = earlier.map(({ text }, i) => `${i + 1}. ${text}`)
  const heading = `沙盒模型收到了 ${messages.length} 条消息，此前的提问有 ${earlier.length} 条。`
  return [heading, ...quotes].join('\n')
}

const longText = (characters: number, english: boolean): string => {
  let text = english ? 'The scripted model (沙盒模型) answers at length.\n\n' : '沙盒模型的长回答。\n\n'
  for (let n = 1; text.length < characters; n += 1) {
    text += english ? `This is sentence number ${n}.` : `这是第${n}句，读到这里说明前面的内容都已送达。`
    text += n % 5 === 0 ? '\n\n' : english ? ' ' : ''
  }
  // Every character here is one UTF-16 unit, so slicing cuts none in two.
  const cut = text.slice(0, characters)
  return /\s$/.test(cut) ? `${cut.trimEnd()}${'。'.repeat(cut.length - cut.trimEnd().length)}` : cut
}

const tableText = (rows: number): string => {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`
  const columns = Array.from('甲乙丙丁戊己庚辛')
  const body = Array.from({ length: rows }, (_, at) => row(columns.map((column) => `${column} ${at + 1}`)))
  return [row(columns), row(columns.map(() => '---')), ...body].join('\n')
}

const MARKDOWN = `# 沙盒模型的 Markdown

## 二级标题

一段文字，有**粗体**、*斜体*、~~删除线~~、\`行内代码\`和[链接](https://example.com/path?a=1&b=2)。

- 无序一
- 无序二
  - 嵌套

1. 有序一
2. 有序二

- [x] 已完成
- [ ] 未完成

> 引用的话

| 名称 | 数量 | 备注 |
| :--- | ---: | :---: |
| 苹果 | 3 | 红 |
| 香蕉 | 12 | 黄 |

\`\`\`ts
const sum = (a: number, b: number): number => a + b // a < b && b > a
\`\`\`

行内公式 $E = mc^2$，独立公式：

$$
\\int_0^1 x^2 \\, dx = \\frac{1}{3}
$$

![图片](https://example.com/picture.png)

---

表情 😀👨‍👩‍👧 与脚注[^1]。

[^1]: 脚注的内容。
`
