import { closestName } from '../../base/closest-name.ts'
import type { Words } from '../../base/say.ts'
import { byteLength } from '../split-text.ts'
import { KEYS, PLACEHOLDERS, type PlaceholderName, type TextKey, type TextSpec } from './keys.ts'
import { fillText } from './live-texts.ts'
import { type Piece, parseTemplate } from './template.ts'

/** Of a template as it is written. */
export const MAX_BYTES = 1500
/** All but newline. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** What is wrong with a new wording of one text, each in a few words that can follow its key. */
export const judgeTemplate = (key: TextKey, template: string): Words[] => {
  if (template.trim() === '')
    return KEYS[key].mayBeEmpty
      ? []
      : [{ zh: '是空的：请写点什么，或者去掉这一行', en: 'is empty: write something, or take the line out' }]
  const bytes = byteLength(template)
  if (bytes > MAX_BYTES)
    return [
      {
        zh: `有 ${bytes} 字节：最多 ${MAX_BYTES} 字节`,
        en: `has ${bytes} bytes: at most ${MAX_BYTES} fit`,
      },
    ]
  if (!template.isWellFormed() || template.includes('\ufffd'))
    return [
      {
        zh: '里有读不了的字符：请把文件另存为 UTF-8',
        en: 'holds characters that cannot be read: save the file as UTF-8',
      },
    ]
  if (CONTROL.test(template))
    return [
      {
        zh: '里有控制字符或制表符：只能有换行',
        en: 'holds a control character or a tab: only line breaks are allowed',
      },
    ]
  const pieces = parseTemplate(template)
  const spec = KEYS[key]
  const wrong = [...pieces.flatMap((piece) => judgePiece(spec, piece)), ...missing(spec, pieces)]
  return [...new Map(wrong.map((each) => [each.en, each])).values()]
}

/** What is wrong with the size of a text when it is filled; for one whose template is right. */
export const judgeSize = (key: TextKey, template: (key: TextKey) => string): Words[] => {
  const { takes, maxBytes }: TextSpec = KEYS[key]
  const longest = takes.map((name) => PLACEHOLDERS[name].longest)
  const bytes = byteLength(fillText(key, template, longest))
  if (bytes <= maxBytes) return []
  return [
    {
      zh: `填好占位符和链接后最多有 ${bytes} 字节：放得下 ${maxBytes} 字节`,
      en: `takes up to ${bytes} bytes with its placeholders and links filled: at most ${maxBytes} fit`,
    },
  ]
}

const judgePiece = ({ takes, plain }: TextSpec, piece: Piece): Words[] => {
  switch (piece.kind) {
    case 'plain':
      return []
    case 'wrong':
      return [
        {
          zh: `里的 "${piece.text.slice(0, 40)}" 不是占位符；文字里的花括号写成 {{ 和 }}，链接写成 {tap:词}`,
          en: `"${piece.text.slice(0, 40)}" is no placeholder; for braces in the text write {{ and }}, for a link {tap:word}`,
        },
      ]
    case 'tap':
      return plain
        ? [
            {
              zh: `不能显示链接：请直接写 ${piece.word}，不用 {tap:…}`,
              en: `cannot show a link: write ${piece.word} without {tap:…}`,
            },
          ]
        : []
    case 'value':
    case 'plural': {
      const name = takes.find((known) => known === piece.name)
      if (!name) {
        const { zh, en } = instead(takes, piece.name)
        const shown = piece.name.slice(0, 40)
        return [{ zh: `不认识 {${shown}}：${zh}`, en: `does not know {${shown}}: ${en}` }]
      }
      const isNumber = typeof PLACEHOLDERS[name].longest === 'number'
      return piece.kind === 'plural' && !isNumber
        ? [
            {
              zh: `里的 {${name}|…|…} 要有数字：请写 {${name}}`,
              en: `{${name}|…|…} needs a number: write {${name}}`,
            },
          ]
        : []
    }
  }
}

const instead = (takes: readonly PlaceholderName[], name: string): Words => {
  const meant = closestName(name, takes)
  if (meant) return { zh: `是不是 {${meant}}？`, en: `did you mean {${meant}}?` }
  if (takes.length === 0) return { zh: '它没有占位符', en: 'it has no placeholders' }
  const names = takes.map((each) => `{${each}}`)
  return { zh: `它有 ${names.join('、')}`, en: `it has ${names.join(', ')}` }
}

const missing = ({ must }: TextSpec, pieces: readonly Piece[]): Words[] =>
  must
    .filter((name) => !pieces.some((piece) => piece.kind === 'value' && piece.name === name))
    .map((name) => ({ zh: `要保留 {${name}}`, en: `has to keep {${name}}` }))
