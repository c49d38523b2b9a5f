import type { Definition, Reading } from '../../markdown/read-markdown.ts'

/** What every part of a text may need to know of the whole. */
export type Scene = {
  reading: Reading
  /** The numbers of sources, by their addresses: `[1]: https://…` below the text. */
  numbers: Map<string, string>
  /** The addresses that links and pictures of the text lead to. */
  used: Set<string>
}

export const sceneOf = (reading: Reading): Scene => {
  const numbers = new Map<string, string>()
  const used = new Set<string>()
  for (const token of reading.tokens) {
    if (token.type === 'definition') {
      const { label, url } = token.meta as Definition
      if (isNumber(label) && !numbers.has(url)) numbers.set(url, label)
    }
    for (const child of token.children ?? []) {
      const url = child.attrGet('href') ?? child.attrGet('src')
      if (url !== null) used.add(String(url))
    }
  }
  return { reading, numbers, used }
}

export const isNumber = (label: string): boolean => /^\d+$/.test(label)
