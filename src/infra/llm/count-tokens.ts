import { hash } from 'node:crypto'
import { setImmediate as letOthersGoOn } from 'node:timers/promises'
import { countTokens as countO200k, setMergeCacheSize } from 'gpt-tokenizer/encoding/o200k_base'

/**
 * The work for a run without a break is quadratic in its length, so no longer run is counted in one piece. Each cut
 * makes a token more at most: below one per cent.
 */
const PIECE_CHARS = 256
/** A cut before white space costs nothing: one is looked for this far back. */
const LOOK_BACK_CHARS = 64
/** Then others have their turn: some 3 ms of the dearest text there is. */
const CHARS_AT_A_STRETCH = 1024
/** Texts whose count is remembered: a history is counted again with each question of its conversation. */
const KEPT = 10_000
/** Shorter ones are counted as quickly as they are found. */
const KEPT_FROM_CHARS = 64

// Pieces that the library remembers, by their text. To find the oldest of them it passes over those that were taken out
// of the map, so with its own 100,000 a miss costs more than the work that a hit saves.
setMergeCacheSize(1000)

export type CountTokens = (text: string) => Promise<number>

/**
 * Tokens of o200k_base; other models' tokenizers differ by a few per cent. Linear in the text's length, whatever it
 * holds, and others have their turn in between. What was counted lately is remembered, by its hash.
 */
export const createTokenCounter = (): CountTokens => {
  const known = new Map<string, number>()
  return async (text) => {
    if (text.length < KEPT_FROM_CHARS) return countPiece(text)
    const name = hash('sha256', text, 'base64')
    const found = known.get(name)
    const tokens = found ?? (await countInTurns(text))
    // Again, as the latest.
    known.delete(name)
    known.set(name, tokens)
    const [oldest] = known.keys()
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
    return tokens
  }
}

const countInTurns = async (text: string): Promise<number> => {
  let tokens = 0
  let rested = 0
  for (let from = 0; from < text.length; ) {
    const to = endOfPiece(text, from)
    tokens += countPiece(text.slice(from, to))
    from = to
    if (from - rested < CHARS_AT_A_STRETCH) continue
    rested = from
    await letOthersGoOn()
  }
  return tokens
}

const endOfPiece = (text: string, from: number): number => {
  const end = from + PIECE_CHARS
  if (end >= text.length) return text.length
  for (let at = end; at > end - LOOK_BACK_CHARS; at -= 1) if (isSpace(text.charCodeAt(at))) return at
  return isTrailing(text.charCodeAt(end)) ? end - 1 : end
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a
/** Of a surrogate pair. */
const isTrailing = (code: number): boolean => (code & 0xfc00) === 0xdc00

/** A user's text may spell a special token such as `<|endoftext|>`: it is text like any other. */
const countPiece = (text: string): number => countO200k(text, { disallowedSpecial: new Set() })
