import { readFileSync } from 'node:fs'

/** Languages of blocks that hold commands; `dotenv` blocks hold settings. */
const BLOCK = /^( *)```(sh|console|dotenv)\n([\s\S]*?)^ *```/gm
const INLINE = /(?<!`)`([^`\n]+)`(?!`)/g
/** What a piece of code in a sentence begins with when it is a command. */
const PROGRAM =
  /^(?:docker|apt-get|sh|npm|git|ssh|scp|tar|curl|systemctl|journalctl|node_modules\/\.bin\/node|node|yingda) [\w.{$-]/

export type DocsCommand = { page: string; command: string }

const withoutComment = (line: string): string => line.replace(/(?:^|\s+)#(?:\s.*|)$/, '').trim()

const linesOf = (language: string, block: string): string[] => {
  const lines = block.replaceAll(/\\\n\s*/g, '').split('\n')
  const typed = language === 'console' ? lines.filter((line) => line.trimStart().startsWith('$ ')) : lines
  return typed
    .map((line) => withoutComment(line.trimStart().replace(/^\$ /, '')))
    .filter((line) => line !== '')
}

/** Every command that a page tells somebody to type, in blocks and in sentences, one by one. */
export const commandsOf = (page: string): DocsCommand[] => {
  const text = readFileSync(page, 'utf8')
  const blocks = [...text.matchAll(BLOCK)].filter(([, , language]) => language !== 'dotenv')
  const inBlocks = blocks.flatMap(([, , language = '', block = '']) => linesOf(language, block))
  const sentences = text.replaceAll(/^( *)```[\s\S]*?^ *```/gm, '')
  const inSentences = [...sentences.replaceAll(/(?<!\n)\n(?![\n|])/g, ' ').matchAll(INLINE)]
    .map(([, code = '']) => code.trim())
    .filter((code) => PROGRAM.test(code) && !/…/.test(code))
  return [...inBlocks, ...inSentences]
    .flatMap((line) => line.split(' && '))
    .map((command) => ({ page, command }))
}

/** The names that a page tells somebody to set. */
export const settingsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(BLOCK)]
    .filter(([, , language]) => language === 'dotenv')
    .flatMap(([, , , block = '']) => [...block.matchAll(/^ *#?([A-Z][A-Z0-9_]*)=/gm)])
    .map(([, name = '']) => name)
