import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'

/** Past this a text is estimated by its head: exact figures matter near the budget, not far beyond it. */
const MAX_EXACT_CHARS = 20_000

/** Tokens of o200k_base; other models' tokenizers differ by a few per cent, which the budget has room for. */
export const countTokens = (text: string): number => {
  if (text.length <= MAX_EXACT_CHARS) return count(text)
  return Math.ceil((count(text.slice(0, MAX_EXACT_CHARS)) / MAX_EXACT_CHARS) * text.length)
}

/** A user's text may spell a special token such as `<|endoftext|>`: it is text like any other. */
const count = (text: string): number => countO200k(text, { disallowedSpecial: new Set() })
