import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { textsDocs } from '../../scripts/texts-docs.ts'
import { KEYS, type TextKey, type TextSpec } from '../../src/conversation/texts/keys.ts'
import { liveTexts, type Overrides, TEXT_KEYS, wordingOf } from '../../src/conversation/texts/live-texts.ts'
import { readWording } from '../../src/conversation/texts/wording-file.ts'
import type { Locale } from '../../src/conversation/texts.ts'

const problemsOf = (text: string): string[] => {
  const read = readWording(text, 'zh-CN')
  return read.ok ? [] : read.problems
}

/** As an operator would write it: groups nested. */
const asFile = (overrides: Overrides): string => {
  const file: { [name: string]: unknown } = {}
  const groups = new Map<string, { [part: string]: string }>()
  for (const [key, text] of Object.entries(overrides)) {
    const [top = key, part] = key.split('.')
    if (part === undefined) file[top] = text
    else {
      const group = groups.get(top) ?? {}
      file[top] = group
      groups.set(top, Object.assign(group, { [part]: text }))
    }
  }
  return stringify(file)
}

const words = fc
  .string({ unit: fc.constantFrom(...'a9 好😀\n:#&*!|>\'"%@`-?,[]<~', '{{', '}}', ': ', ' #'), maxLength: 8 })
  .map((text) => `字${text}`.trimEnd())
const templateOf = (key: TextKey): fc.Arbitrary<string> => {
  const { takes, must, plain }: TextSpec = KEYS[key]
  const optional = [...takes.map((name) => `{${name}}`), ...(plain ? [] : ['{tap:帮助}'])]
  return fc.tuple(words, fc.shuffledSubarray(optional), words).map(([before, some, after]) => {
    const rest = must.map((name) => `{${name}}`).filter((each) => !some.includes(each))
    return [before, ...some, ...rest, ...(KEYS[key].maxBytes < 100 ? [] : [after])].join('')
  })
}
const someOverrides: fc.Arbitrary<Overrides> = fc
  .subarray(TEXT_KEYS, { maxLength: 12 })
  .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, templateOf(key)]))))

describe('a wording file', () => {
  test('is read as it was written, and said', () => {
    fc.assert(
      fc.property(someOverrides, (overrides) => {
        expect(readWording(asFile(overrides), 'zh-CN')).toEqual({ ok: true, overrides })
      }),
      { numRuns: 300 },
    )
    const read = readWording('onlyText: { voice: "no" }\nuntold: "{parts} 段"', 'zh-CN')
    const texts = liveTexts(() => (read.ok ? read.overrides : {}), 'zh-CN')
    expect([texts.onlyText.voice, texts.untold(2)]).toEqual(['no', '2 段'])
  })

  test.each<Locale>(['zh-CN', 'en'])('may say everything that is shipped in %s', (locale) => {
    expect(readWording(asFile(wordingOf(locale)), locale)).toEqual({ ok: true, overrides: wordingOf(locale) })
  })

  test.each(['', '\n', '# only a comment\n', '\ufeff'])('%j changes nothing', (text) => {
    expect(readWording(text, 'zh-CN')).toEqual({ ok: true, overrides: {} })
  })

  test('may have a byte order mark, Windows line ends, blocks, and values that look like no texts', () => {
    expect(
      readWording('\ufeffgreeting: no\r\nquotaNone: 12\r\nhelp: |\r\n  a\r\n  b\r\n\r\n', 'zh-CN'),
    ).toEqual({
      ok: true,
      overrides: { greeting: 'no', quotaNone: '12', help: 'a\nb' },
    })
  })

  test('is told of all its mistakes at once, with line and key', () => {
    const file = [
      'greting: hi',
      'rest: 还有 {part} 段 {url}',
      'onlyText:',
      '  voic: x',
      '  image: [a]',
      'grantKinds: x',
      'help:',
      'constructor: x',
      '__proto__: x',
      'apology: *x',
      'apology: again {code}',
      'cutOff: "{tap:重答}"',
      'tooFast: "{seconds} {wait} {code"',
      'quotaGrant: "{kind|a|b} {remaining} {until}"',
      `stopping: ${'好'.repeat(501)}`,
      `modelsHow: ${'好'.repeat(120)}`,
      `codeNote: "{code}${'好'.repeat(60)}"`,
      'unbound: "\\u0007"',
      'bindRefused: "a\\tb"',
      'nothingBound: "\\ud800"',
      'greeting: \ufffd\ufffd',
      '? [a, b]',
      ': c',
    ]
    expect(problemsOf(file.join('\n'))).toEqual([
      'line 1: "greting" is unknown: did you mean greeting?',
      'line 2: rest does not know {part}: did you mean {parts}?',
      'line 2: rest has to keep {parts}',
      'line 4: "onlyText.voic" is unknown: did you mean voice?',
      expect.stringMatching(/^line 5: onlyText.image is not read as a text. A text needs quotes/),
      'line 6: grantKinds has several texts: indent them below it (trial, daily, card, operator)',
      'line 7: help is empty: write something, or take the line out',
      'line 8: "constructor" is unknown: remove it; docs/texts.md lists every key',
      'line 9: "__proto__" is unknown: remove it; docs/texts.md lists every key',
      expect.stringMatching(/^line 10: apology is not read as a text/),
      'line 11: "apology" is there already: keep one of them',
      'line 12: cutOff cannot show a link: write 重答 without {tap:…}',
      'line 13: tooFast does not know {wait}: it has {seconds}, {code}',
      'line 13: tooFast "{" is no placeholder; for braces in the text write {{ and }}, for a link {tap:word}',
      'line 13: tooFast has to keep {code}',
      'line 14: quotaGrant {kind|…|…} needs a number: write {kind}',
      'line 15: stopping has 1503 bytes: at most 1500 fit',
      'line 16: modelsHow takes up to 360 bytes with its placeholders and links filled: at most 300 fit',
      'line 17: codeNote takes up to 188 bytes with its placeholders and links filled: at most 100 fit',
      'line 18: unbound holds a control character or a tab: only line breaks are allowed',
      'line 19: bindRefused holds a control character or a tab: only line breaks are allowed',
      'line 20: nothingBound holds characters that cannot be read: save the file as UTF-8',
      'line 21: greeting holds characters that cannot be read: save the file as UTF-8',
      'line 22: "?" is unknown: remove it; docs/texts.md lists every key',
    ])
  })

  test.each([
    ['tooFast: {seconds} 秒\n', /^line 1: tooFast is not YAML that can be read: .* needs quotes/],
    ['greeting: a\nnoCalls: Sorry: {price}\n', /^line 2: noCalls is not YAML .* needs quotes/],
    ['greeting: "a\n', /^line 2: greeting is not YAML/],
    ['greeting: a\n---\ngreeting: b\n', /^line 2: greeting .*take the line --- out/],
    ['greeting: !!binary aGk=\n', /^line 1: /],
    ['greeting: !other hi\n', /^line 1: greeting is not YAML/],
    ['<<: { greeting: x }\n', /^line 1: "<<" is unknown/],
    ['greeting: &a x\nhelp: *a\n', /^line 2: help is not read as a text/],
    ['- a\n', /^line 1: the file has to be lines of "key: text"/],
    ['hello', /^line 1: the file has to be lines of "key: text"/],
    [`greeting: ${'x'.repeat(66_000)}`, /^the file has \d+ bytes: at most 65536 fit/],
  ])('%j is refused with the fix', (file, problem) => {
    expect(problemsOf(file)[0]).toMatch(problem)
  })
})

describe('a hostile wording file', () => {
  const fill = (unit: string) => unit.repeat(Math.floor(65_536 / Buffer.byteLength(unit)))
  const indented = (unit: string) => Array.from({ length: 350 }, (_, depth) => ' '.repeat(depth) + unit)
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)

  test.each([
    ['brackets', fill('[')],
    ['braces', fill('{')],
    ['lists in lists', fill('- ')],
    ['keys in keys', fill('? ')],
    ['indented keys', indented('a:').join('\n')],
    ['an alias bomb', `a0: &a0 x\n${bomb.join('\n')}`],
    ['a text of aliases', `greeting: [${fill('*a,').slice(20)}]`],
    ['anchors', fill('&a ')],
    ['tags', fill('! ')],
    ['quotes', fill('"')],
    ['escapes', `greeting: "${fill('\\q').slice(20)}`],
    ['documents', fill('---\n')],
    ['the same key', fill('k: v\n')],
    ['thousands of keys', Array.from({ length: 6000 }, (_, i) => `k${i}: v`).join('\n')],
    ['NUL', fill('\0')],
    ['a key of 60 KiB', `${'k'.repeat(60_000)}: v`],
    ['an emoji cut in half', `greeting: ${'\ud83d'.repeat(100)}`],
  ])('of %s is refused in a few short lines', (_name, file) => {
    const problems = problemsOf(file)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThanOrEqual(31)
    for (const problem of problems) expect(problem.length).toBeLessThan(300)
  })

  test('of any signs is refused or read, never thrown at', () => {
    const sign = fc.constantFrom(
      ...['[', ']', '{', '}', '- ', '? ', ': ', ':', '\n', '\n  ', ' ', 'a', '"', "'", '&a ', '*a', '!t '],
      ...[
        '|\n ',
        '>-\n ',
        '#',
        '%YAML 1.1\n',
        '---\n',
        '...\n',
        '\t',
        '\r',
        '<<: ',
        '\\',
        '\u2028',
        'greeting: ',
      ],
      ...['onlyText:\n  voice: ', '{code}', '{{', '{tap:'],
    )
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 200 }), (signs) => {
        const read = readWording(signs.join(''), 'en')
        expect(read.ok || read.problems.length > 0).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('what operators read about wordings', () => {
  const docs = textsDocs()

  test.each(Object.keys(docs))('%s is as `node scripts/texts-docs.ts` writes it', (path) => {
    expect(readFileSync(path, 'utf8')).toBe(docs[path])
  })

  test('an example changes nothing, and without its # says everything', () => {
    for (const [path, locale] of [
      ['docs/texts.example.yaml', 'zh-CN'] as const,
      ['docs/texts.example.en.yaml', 'en'] as const,
    ]) {
      const example = docs[path] ?? ''
      expect(readWording(example, locale)).toEqual({ ok: true, overrides: {} })
      const opened = example.replace(/^.*\n/, '').replaceAll(/^#/gm, '')
      expect(readWording(opened, locale)).toEqual({ ok: true, overrides: wordingOf(locale) })
    }
  })

  test('the page shows a wording that can be read', () => {
    const shown = /```yaml\n(.*?)```/s.exec(docs['docs/texts.md'] ?? '')?.[1] ?? 'none'
    expect(readWording(shown, 'zh-CN')).toMatchObject({
      ok: true,
      overrides: { 'onlyText.voice': expect.any(String) },
    })
  })
})
