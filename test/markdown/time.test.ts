import { describe, expect, test } from '@jest/globals'
import { formulaText } from '../../src/conversation/plain-text/formula.ts'
import { createPlainText, toPlainText } from '../../src/conversation/plain-text.ts'
import { createAnswerHtml } from '../../src/http/answer-page/answer-html.ts'
import { pageTextsOf } from '../../src/http/answer-page/texts.ts'
import { typeset } from '../../src/markdown/typeset.ts'
import { expectLinear, repetitiveShapes, tooMuchTime } from '../support/growth.ts'

/** Signs that mean something in Markdown, alone, doubled and at the beginning of a line. */
const SIGNS = [
  ...[
    'a',
    '汉',
    '，',
    ' ',
    '*',
    '**',
    '_',
    '__',
    '~~',
    '==',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '&',
    '&amp;',
  ],
  ...[
    '<',
    '>',
    '<b>',
    '</b>',
    '<p>',
    '</p>',
    '<br>',
    '<a href="',
    'https://',
    'http://a',
    '://',
    '"',
    ':',
    '.',
    '^',
    '=',
  ],
  ...[
    '|',
    '｜',
    '＊＊',
    '\\',
    '\\_',
    'C:\\',
    '$',
    '$$',
    '\\(',
    '\\)',
    '\\[',
    '\\]',
    '\\\\(',
    '\\\\[',
    '( ',
    ' )',
    '[ ',
  ],
  ...['\\begin{align}', '\\end{align}', '\\begin{', '\\ce{', '{', '}', '\ufdd0', '\u202e'],
]
const LINES = [
  ...[
    '\n',
    '\n\n',
    '  \n',
    'a\n',
    '> ',
    '> a\n',
    '- ',
    '- a\n',
    '-',
    '1. ',
    '1.',
    '# ',
    '#',
    '    ',
    '\t',
    '| a |\n',
    '|-|\n',
  ],
  ...[
    '===\n',
    'a\n---\n',
    '```\n',
    '```md\n',
    '```js\n',
    '~~~\n',
    '[^1]',
    '[^1]: ',
    '[1]: x\n',
    '[a]: <',
    '[\n',
    ']\n',
  ],
]
const TEX = [
  ...[
    'a',
    'h',
    '2',
    '汉',
    ' ',
    '.',
    "'",
    '~',
    '-',
    '{',
    '}',
    '^',
    '_',
    '^{',
    '_{',
    '&',
    '\\\\',
    '[',
    ']',
    '(',
    ')',
    '\\',
  ],
  ...[
    '\\frac',
    '\\frac{',
    '\\sqrt',
    '\\sqrt[',
    '\\left(',
    '\\right)',
    '\\alpha',
    '\\text{',
    '\\not',
    '\\hat',
    '\\ce{',
    '\\pu{',
  ],
  ...[
    '->',
    '\\begin{matrix}',
    '\\end{matrix}',
    '\\begin',
    '\\end',
    '\\binom',
    '\\overline{',
    '\\xrightarrow',
    '$',
    '\\$',
  ],
]

const html = createAnswerHtml(pageTextsOf('zh-CN'))
const shapes = repetitiveShapes([...SIGNS, ...LINES])

describe('the time for an answer grows no faster than the answer', () => {
  test('as text for WeChat', () => expectLinear(toPlainText, shapes, 12), 60_000)

  test('as HTML for both pages', () => expectLinear(html, shapes, 12), 60_000)

  test('of one formula as text', () => expectLinear(formulaText, repetitiveShapes(TEX), 25), 60_000)

  test('of many formulas, as text and as MathML', async () => {
    const inDollars = repetitiveShapes(TEX).map((shape) => ({
      head: '$',
      units: shape.units.map((unit) => `${unit.replaceAll('$', '')}${shape.tail}$ $`),
      tail: '$',
    }))
    await expectLinear((text) => [toPlainText(text), html(text)], inDollars, 8)
  }, 60_000)

  test.each(['> a\n', 'a\n', 'a\n=\n', '- a\n', '# a\n', '![', '`a', '|a|\n', 'C:\\_a ', '- - - a\n'])(
    'of %j over and over, in a quote',
    async (unit) => {
      const textOf = (length: number) => `> ${unit.repeat(Math.ceil(length / unit.length))}`
      expect(await tooMuchTime(toPlainText, textOf)).toBeUndefined()
    },
    30_000,
  )
})

test.each([
  ['a heading with signs in it', '##标', '#', 'b'],
  ['spaces below a row', '＊|\n', ' ', ':\\\\'],
  ['a cell of one colon and spaces', '| a |\n| :', ' ', 'x |'],
  ['bold without words', '', '-**', ''],
  ['quotes that end in a line without their sign', '', '> # headings\na\n', ''],
  ['quotes within quotes that end so', '', '> > --- \n> and so\n', ''],
  ['fences in quotes that end so', '', '>```js\nand so\n', ''],
])(
  'of %s',
  async (_name, head, unit, tail) => {
    const textOf = (length: number) => `${head}${unit.repeat(Math.ceil(length / unit.length))}${tail}`
    expect(await tooMuchTime(toPlainText, textOf)).toBeUndefined()
  },
  30_000,
)

test('a thousand quotes that end without a blank line are a thousand quotes', () => {
  const answer = '> # 甲\n乙\n'.repeat(1000)
  expect(html(answer).match(/<blockquote>/g)?.length).toBe(1000)
  expect(toPlainText(answer).match(/【甲】/g)?.length).toBe(1000)
  expect(toPlainText(answer)).toBe(Array.from({ length: 1000 }, () => '> 【甲】\n\n乙').join('\n\n'))
})

test('small letters above a fraction do not double the time with each', () => {
  const started = performance.now()
  expect(formulaText(String.raw`\frac{x^{${'h'.repeat(40)}}!}{a}`)).toContain('ʰ')
  // Thirty of them took most of a minute.
  expect(performance.now() - started).toBeLessThan(5000)
})

test('a formula longer than any is not set', () => {
  expect(typeset('x+'.repeat(3000), true)).toBeUndefined()
  expect(formulaText('{'.repeat(9000))).toBe('{'.repeat(9000))
})

test('code in five blocks takes no longer to colour than in one', () => {
  const block = (chars: number) => `\`\`\`csharp\n${'return a;\n'.repeat(chars / 10)}\`\`\`\n\n`
  const msOf = (answer: string): number => {
    const started = performance.now()
    html(answer)
    return performance.now() - started
  }
  msOf(block(700))
  const one = Math.min(...[1, 2, 3].map(() => msOf(block(7700))))
  const five = Math.min(...[1, 2, 3].map(() => msOf(block(7700).repeat(5))))
  expect(five).toBeLessThan(2.5 * Math.max(one, 20))
  expect(html(block(1100).repeat(5)).split('hljs-keyword').length).toBeGreaterThan(100)
})

test('what a callback and a push both ask for is written once', () => {
  const answer = '- **项** $x^2$ `code`\n'.repeat(2000)
  const plainText = createPlainText()
  const msOf = (work: () => unknown): number => {
    const started = performance.now()
    work()
    return performance.now() - started
  }
  const first = msOf(() => plainText(answer))
  expect(msOf(() => plainText(answer))).toBeLessThan(first / 5)
})

describe('an answer that is long, and nothing else, is rendered', () => {
  test('a table of two thousand rows', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => `| ${i} | **甲** | \`a|b\` |`).join('\n')
    const page = html(`| 序 | 名 | 码 |\n|---|---|---|\n${rows}`)
    expect(page.match(/<tr>/g)?.length).toBe(2001)
    expect(page).toContain('<code>a|b</code>')
    expect(toPlainText(`| 序 | 名 | 码 |\n|---|---|---|\n${rows}`)).toContain('序：1999\n名：甲\n码：a|b')
  })

  test('a paragraph of three hundred lines, and one line of ten thousand characters', () => {
    const lines = Array.from({ length: 300 }, (_, i) => `第 ${i} 行**重点**在此`).join('\n')
    expect(toPlainText(lines)).toBe(lines.replaceAll('**', ''))
    expect(html(lines).match(/<strong>/g)?.length).toBe(300)
    const line = '这一句里有**重点**，也有 $x^2$ 和 `code`。'.repeat(400)
    expect(toPlainText(line)).toBe('这一句里有重点，也有 x² 和 code。'.repeat(400))
    expect(html(line).match(/<strong>/g)?.length).toBe(400)
    expect(html(line)).not.toContain('<br>')
  })
})
