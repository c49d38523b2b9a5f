import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseXml } from '../../src/wechat/parse-xml.ts'
import { cdata, parseJsonFields } from '../../src/wechat/xml.ts'
import { expectLinear, repetitiveShapes, tooMuchTime } from '../support/growth.ts'

const MARKUP = [
  ...[
    '<',
    '>',
    '</',
    '<a>',
    '</a>',
    '<a',
    'a',
    '=',
    '"',
    "'",
    '&',
    '&amp;',
    '&#',
    ';',
    '<![CDATA[',
    ']]>',
    ']',
  ],
  ...['<!--', '-->', '--', '<?', '?>', '<!', '<!D', '/>', ' ', '\n', 'x:y', '😀'],
]
const IN = ['', '<xml>', '<xml><Content>', '<xml><Content><![CDATA[', '<xml ', '<xml a="']

describe('reading XML', () => {
  test.each([
    ['declarations that are none', '<!'],
    ['declarations that never end', '<xml><!', 'a'],
    ['elements that never end', '<xml>', '<a>'],
    ['references', '<xml>', '&amp;'],
    ['references that never end', '<xml>', '&'],
    ['attributes', '<xml ', 'a="b" '],
    ['white space in a tag', '<xml', ' '],
    ['CDATA that never ends', '<xml>', '<![CDATA['],
    ['empty CDATA', '<xml>', '<![CDATA[]]>'],
    ['comments that never end', '<xml>', '<!--'],
  ])('takes time that is linear in %s', async (_name, head, unit = head) => {
    const textOf = (length: number) => head + unit.repeat(length / unit.length)
    expect(await tooMuchTime(parseXml, textOf)).toBeUndefined()
  })

  test.each(IN)('takes time that is linear in whatever is repeated behind %j', (head) =>
    expectLinear((text) => parseXml(head + text), repetitiveShapes(MARKUP), 60),
  )

  test('takes time that is linear in JSON of whatever is repeated', () => {
    const pieces = [
      '[',
      ']',
      '{',
      '}',
      '"',
      '"a":',
      ',',
      '1',
      'e',
      '\\',
      '\\u00',
      'null,',
      '-',
      '.',
      ' ',
      '\n',
    ]
    return expectLinear((text) => parseJsonFields(`{"a":${text}`), repetitiveShapes(pieces), 60)
  })

  test('reads any document as it was written', () => {
    const name = fc.stringMatching(/^[A-Za-z][\w.-]{0,9}$/)
    const text = fc.string({ unit: 'grapheme' }).filter((said) => said.trim() !== '')
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.dictionary(name, fc.oneof(tie('tree'), fc.array(text, { minLength: 2, maxLength: 3 })), {
          minKeys: 1,
          maxKeys: 5,
          noNullPrototype: true,
        }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(name, tree, { minKeys: 1, noNullPrototype: true }), (document) => {
        expect(parseXml(`<xml>${written(document)}</xml>`)).toEqual(document)
        expect(
          parseXml(`\n<?xml version="1.0"?> <!-- <a> --> <xml a='>'>${written(document)}</xml>\n`),
        ).toEqual(document)
      }),
    )
  })

  test.each([
    ['more elements than any message has', `<xml>${'<a/>'.repeat(2000)}</xml>`],
    ['an end that belongs to another', '<xml><a></b></xml>'],
    ['an end before its beginning', '</xml><xml><a>b</a></xml>'],
    ['an attribute without quotes', '<xml a=b><a>b</a></xml>'],
    ['words around it', 'a<xml><a>b</a></xml>'],
    ['words behind it', '<xml><a>b</a></xml>a'],
    ['nothing but its beginning', '<xml><a>b</a>'],
    ['a declaration in it', '<xml><!ELEMENT a><a>b</a></xml>'],
    ['a reference that never ends', '<xml><a>b & c</a></xml>'],
    ['a number that is none', '<xml><a>&#x110000;</a></xml>'],
  ])('refuses %s', (_name, text) => {
    expect(parseXml(text)).toBeUndefined()
  })

  test('gives names that mean something to JavaScript no meaning', () => {
    const fields = parseXml('<xml><__proto__><a>x</a></__proto__><constructor>y</constructor></xml>')
    expect(Object.keys(fields ?? {})).toEqual(['__proto__', 'constructor'])
    expect(({} as { a?: unknown }).a).toBeUndefined()
  })

  test('knows the five references and those by number', () => {
    expect(parseXml('<xml><a>&lt;&gt;&amp;&quot;&apos;&#65;&#x4e2d;&#128512;</a></xml>')).toEqual({
      a: '<>&"\'A中😀',
    })
  })
})

type Tree = string | string[] | { [name: string]: Tree }

const written = (tree: Tree): string =>
  typeof tree === 'string'
    ? cdata(tree)
    : Object.entries(tree)
        .flatMap(([name, child]) =>
          (Array.isArray(child) ? child : [child]).map((one) => [name, one] as const),
        )
        .map(([name, child]) => `<${name}>${written(child)}</${name} >`)
        .join('\n')
