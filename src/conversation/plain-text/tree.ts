import type { Token } from '../../markdown/read-markdown.ts'

/** A block and what stands in it. */
export type Block = { token: Token; children: Block[] }

/** The parser's row of opening and closing tokens, as the blocks they mean. */
export const treeOf = (tokens: Token[]): Block[] => {
  const root: Block[] = []
  const open: Block[] = []
  for (const token of tokens) {
    if (token.nesting < 0) {
      open.pop()
      continue
    }
    const block: Block = { token, children: [] }
    const around = open.at(-1)?.children ?? root
    around.push(block)
    if (token.nesting > 0) open.push(block)
  }
  return root
}
