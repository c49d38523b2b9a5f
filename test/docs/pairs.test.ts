import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

/** What operators read, in either language. */
const PAGES = [
  'backup',
  'channels',
  'cli',
  'metrics',
  'operating',
  'page',
  'quota',
  'rehearsal',
  'security',
  'texts',
]
/** Its threats, with the names of their tests, stand in English alone. */
const SUMMED_UP = ['security']

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm

const textOf = (page: string): string => readFileSync(join('docs', page), 'utf8')

/** What everybody writes of their own: FILE, ADDRESS-OF-YOUR-CLOUD, 文件, 服务器IP. */
const PLACEHOLDER = /\p{Script=Han}+(?:IP)?|(?<![\w#$])[A-Z][A-Z-]+(?![\w=])/gu

/** How deep each heading is. */
const headingsOf = (text: string): number[] =>
  [...text.replaceAll(FENCE, '').matchAll(/^(#+) /gm)].map(([, signs = '']) => signs.length)

/** What is typed or written, without comments; of a console what is typed alone, as what is printed has a language. */
const blocksOf = (text: string): string[] =>
  [...text.matchAll(FENCE)].map(([, kind, body = '']) => {
    const lines = body.split('\n').map((line) => line.replace(/(^|\s)# .*$/, '').trimEnd())
    const typed = lines.filter((line) => line !== '' && (kind !== 'console' || line.startsWith('$ ')))
    return typed.map((line) => line.replace(PLACEHOLDER, '…')).join('\n')
  })

const rowsOf = (text: string): number => text.split('\n').filter((line) => line.startsWith('|')).length

/** Settings, metrics and commands that are named anywhere. */
const namesIn = (text: string): string[] =>
  [
    ...new Set([
      ...[...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name),
      ...[...text.matchAll(/\byingda_\w+|\byingda [a-z]+(?: [a-z]+)?\b/g)].map(([name]) => name),
    ]),
  ].toSorted()

const pages = PAGES.filter((page) => existsSync(`docs/${page}.md`))

describe('what operators read', () => {
  test('is there in Chinese and in English', () => {
    const chinese = readdirSync('docs/zh').filter((name) => name.endsWith('.md'))
    expect(chinese.filter((name) => !existsSync(`docs/${name}`))).toEqual([])
    expect(pages.filter((page) => !chinese.includes(`${page}.md`))).toEqual([])
  })

  test.each(pages)('%s leads to its other language at its top', (page) => {
    const top = (path: string) => textOf(path).split('\n').slice(0, 5).join('\n')
    expect(top(`${page}.md`)).toContain(`[中文](zh/${page}.md)`)
    expect(top(`zh/${page}.md`)).toContain(`[English](../${page}.md)`)
  })

  test.each(pages)('%s has the same headings and the same things to type in both', (page) => {
    const [english, chinese] = [textOf(`${page}.md`), textOf(`zh/${page}.md`)]
    expect(headingsOf(chinese)).toEqual(headingsOf(english))
    expect(blocksOf(chinese)).toEqual(blocksOf(english))
  })

  test.each(pages.filter((page) => !SUMMED_UP.includes(page)))(
    '%s names the same settings, metrics and commands in both, in as many rows',
    (page) => {
      const [english, chinese] = [textOf(`${page}.md`), textOf(`zh/${page}.md`)]
      expect(rowsOf(chinese)).toBe(rowsOf(english))
      expect(namesIn(chinese)).toEqual(namesIn(english))
    },
  )
})
