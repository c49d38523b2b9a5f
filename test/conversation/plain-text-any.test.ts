import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toPlainText } from '../../src/conversation/plain-text.ts'
import { createAnswerHtml } from '../../src/http/answer-page/answer-html.ts'
import { pageTextsOf } from '../../src/http/answer-page/texts.ts'

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...[
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```\n',
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '<a ',
      '</a>',
      '<br>',
      'a',
      '好',
      '：',
      ' ',
      '\n',
      '\n\n',
    ],
    ...[
      '> ',
      '- ',
      '1. ',
      '# ',
      '|',
      '|-|-|\n',
      '$',
      '$$',
      '\\',
      '\\(',
      '\\)',
      '\\[',
      '\\]',
      '\\frac',
      '{',
      '}',
      '^',
      '&lt;',
      '&#60;',
    ],
    ...[
      '[^1]',
      '[^1]: ',
      '[1]: x',
      'https://a.b',
      'weixin://',
      '😀',
      '\ud83d',
      '\u0000',
      '\t',
      '    ',
      '---\n',
      '\ufffc',
      '\ufdd00\ufdd1',
    ],
  )
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((words) => words.join('')),
    fc.string({ unit: 'binary' }),
  )

  test('gives text that is well formed, trimmed, and holds no controls, links or second blank line', () => {
    fc.assert(
      fc.property(texts, (markdown) => {
        const text = toPlainText(markdown)
        expect(text.isWellFormed()).toBe(true)
        expect(text.trim()).toBe(text)
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffc]/)
        expect(text).not.toMatch(/<[\s/]*a(?![\w-])/i)
        expect(text).not.toMatch(/\n\s*\n\s*\n/)
      }),
      { numRuns: 500 },
    )
  })

  test('keeps every word of plain text', () => {
    const words = fc.array(
      fc.constantFrom(
        '应答',
        'word',
        '12',
        '3.5',
        '，',
        '。',
        '？',
        '! ',
        '(',
        ')',
        ' ',
        '\n',
        ': ',
        '、',
        '“',
        '”',
      ),
    )
    fc.assert(
      fc.property(words, (list) => {
        const text = list.join('')
        expect(toPlainText(text).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
      }),
      { numRuns: 300 },
    )
  })

  test('loses no word, whatever signs stand around it, on the phone or on a page', () => {
    const html = createAnswerHtml(pageTextsOf('zh-CN'))
    const signs = fc.constantFrom(
      ...[
        '，',
        '*',
        '**',
        '_',
        '__',
        '~~',
        '==',
        '`',
        '``',
        '\n```\n',
        '\n```md\n',
        '[',
        ']',
        '(',
        ')',
        '<',
        '>',
      ],
      ...[
        '<b>',
        '</b>',
        '<p>',
        '</p>',
        '<br>',
        '<div>',
        '</div>',
        '<li>',
        '<sub>',
        '</sub>',
        '|',
        '| ',
        ' |\n',
        '|-|\n',
      ],
      ...[
        '|---|---|\n',
        '｜',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '-',
        '1. ',
        '1.',
        '# ',
        '##',
        '    ',
        '$',
        '$$',
        '\\',
        '\\(',
        '\\)',
      ],
      ...[
        '\\[',
        '\\]',
        '\\\\(',
        '{',
        '}',
        '^',
        '=',
        '\n===\n',
        '\n---\n',
        'C:\\',
        '\\_',
        ' ',
        'a',
        '1',
        '\n[\n',
        '\n]\n',
      ],
    )
    const words = fc.constantFrom('甲', '乙', '丙', '丁')
    const pieces = fc.array(fc.tuple(signs, fc.option(words, { nil: '' })), { maxLength: 14 })
    fc.assert(
      fc.property(pieces, (list) => {
        const markdown = list.map(([sign, word]) => sign + word).join('')
        // What leads nowhere is not shown, and neither is a fence's language.
        fc.pre(!markdown.includes(']('))
        const count = (text: string) => list.filter(([, word]) => word !== '' && !text.includes(word)).length
        expect(count(toPlainText(markdown))).toBe(0)
        expect(count(html(markdown).replace(/<[^>]*>/g, ''))).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })

  test('reads its own words the same again', () => {
    const blocks = fc.array(
      fc.constantFrom(
        '# 题',
        '一段**话**。',
        '- 项\n- 目',
        '1. 甲\n2. 乙',
        '> 引',
        '[文](https://a.b)',
        '***',
        '$x^2$',
        '| a | b |\n|-|-|\n| c | d |',
      ),
    )
    fc.assert(
      fc.property(blocks, (list) => {
        const once = toPlainText(list.join('\n\n'))
        expect(toPlainText(once)).toBe(once)
      }),
      { numRuns: 100 },
    )
  })
})

describe('hostile text of 100 KB', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(100_000 / unit.length))
  const nested = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i * 2)}- a\n`).join('')
  const units = [
    ...[
      '[',
      ']',
      '*',
      '*a',
      '*_',
      '`',
      '`a',
      '~~a',
      '[a](',
      '$a',
      '\\[',
      '|',
      'a|b\n',
      '>',
      '- ',
      '1. ',
      '<!--',
      '< ',
    ],
    ...['```\n', '[^1]: ', ' '],
    `${'>'.repeat(32)}a\n\n`,
    `${'*a'.repeat(900)}\n\n`,
    `${'] '.repeat(900)}\n\n`,
    `$${'\\sqrt{'.repeat(100)}$ `,
    nested,
  ]
  test.each(units.map((unit) => [unit.slice(0, 40), unit]))('made of %j is read without delay', (_, unit) => {
    const before = process.cpuUsage()
    const text = toPlainText(`${filled(unit)}完`)
    // Time of this process alone, for others may keep the machine busy. Linear is under one second, quadratic over ten.
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000)
    expect(text).toContain('完')
  })
})
