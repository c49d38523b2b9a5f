/** A place in a formula's tokens: commands with their backslash, runs of space as one, single characters. */
export type TexReader = {
  next(): string | undefined
  /** The next token that is not space, left in place. */
  peek(): string | undefined
  skipSpace(): void
  /** An argument as written, without its outer braces: a group, a command with its groups, or one character. */
  argument(): string
  /** What stands in brackets right ahead, as `3` in `\sqrt[3]{x}`. */
  option(): string | undefined
  /** What follows `\begin`, up to and with its `\end`. */
  environment(): Environment
}

export type Environment = { name: string; rows: string[][] }

/** Whose columns are told in braces. */
const WITH_ARGUMENT = /^(?:[a-z]?array|subarray|tabular|alignat|alignedat)\*?$/

export const texReader = (tex: string): TexReader => {
  const tokens: string[] = tex.match(/\\(?:[A-Za-z]+|.)|\s+|./gsu) ?? []
  let at = 0

  const skipSpace = (): void => {
    if (/^\s/.test(tokens[at] ?? '')) at += 1
  }
  const group = (): string => {
    const start = at + 1
    let depth = 0
    do {
      if (tokens[at] === '{') depth += 1
      if (tokens[at] === '}') depth -= 1
      at += 1
    } while (depth > 0 && at < tokens.length)
    return tokens.slice(start, depth === 0 ? at - 1 : at).join('')
  }
  const argument = (): string => {
    skipSpace()
    if (tokens[at] === '{') return group()
    let written = tokens[at++] ?? ''
    if (/^\\[A-Za-z]/.test(written)) while (tokens[at] === '{') written += `{${group()}}`
    return written
  }
  const option = (): string | undefined => {
    const end = tokens[at] === '[' ? tokens.indexOf(']', at) : -1
    if (end < 0) return undefined
    const inside = tokens.slice(at + 1, end).join('')
    at = end + 1
    return inside
  }
  const environment = (): Environment => {
    const name = argument()
    if (WITH_ARGUMENT.test(name)) argument()
    let cell = ''
    let row: string[] = []
    const rows = [row]
    let depth = 0
    for (let token = tokens[at++]; token !== undefined; token = tokens[at++]) {
      if (token === '\\end' && depth === 0) {
        argument()
        break
      }
      if (token === '{' || token === '\\begin') depth += 1
      if (token === '}' || token === '\\end') depth -= 1
      const isBreak = depth === 0 && (token === '&' || token === '\\\\')
      if (!isBreak) {
        cell += token
        continue
      }
      row.push(cell)
      cell = ''
      if (token === '&') continue
      option()
      row = []
      rows.push(row)
    }
    row.push(cell)
    return { name, rows }
  }
  return {
    next: () => tokens[at++],
    peek: () => (/^\s/.test(tokens[at] ?? '') ? tokens[at + 1] : tokens[at]),
    skipSpace,
    argument,
    option,
    environment,
  }
}
