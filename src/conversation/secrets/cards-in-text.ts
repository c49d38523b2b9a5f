import { looksLikeCardKey, normalizeCardKey } from '../../quota/card-key.ts'
import { foldedText } from './folded-text.ts'

/**
 * `genuine`: keys that proved themselves, each once, in their order · `alike`: no key proved itself, but this piece was
 * meant as one: mistyped, not whole, or forged · `rest`: the text without them.
 */
export type CardsInText = { genuine: string[]; alike: string | undefined; rest: string }

/** Says of 48 letters and digits whether they are a key that this service has sealed. */
export type IsGenuine = (key: string) => boolean

const KEY_CHARS = 48
/** To prove costs about 30 µs. */
const MAX_PROOFS = 200
/** Of 48 random characters 15 are digits; with fewer than this one in a million is a key. */
const MIN_DIGITS = 3

/** The characters that may belong to a key, whatever stands between them. */
type Sequence = {
  chars: string
  /** Where each stands in the text. */
  at: Uint32Array
  /** The first of those it can share a key with. */
  from: Uint32Array
  /** Which of them begin a word, and which end one. */
  edges: Uint8Array
  /** How many before it are digits. */
  digits: Uint32Array
}

const BEGINS = 1
const ENDS = 2

/**
 * Card keys wherever they stand in a text: a key proves itself, so it may be glued to words, wrapped as shops wrap it, or
 * broken by anything that is no letter. Linear in the text, with a bound on the proofs.
 */
export const cardsInText = (text: string, isGenuine: IsGenuine): CardsInText => {
  const folded = foldedText(text)
  const spans = genuineSpans(folded, isGenuine)
  if (spans.length > 0) {
    const genuine = [...new Set(spans.map(({ key }) => key))]
    return { genuine, alike: undefined, rest: without(folded, spans) }
  }
  const alike = pieceAlike(folded)
  const rest = alike === undefined ? folded : folded.replace(alike, ' ')
  return { genuine: [], alike, rest }
}

type Span = { key: string; start: number; end: number }

const genuineSpans = (text: string, isGenuine: IsGenuine): Span[] => {
  const sequence = sequenceOf(text)
  const spans: Span[] = []
  let proofs = 0
  for (const places of placesByLikelihood(sequence)) {
    let free = 0
    for (const place of places) {
      if (place < free || proofs >= MAX_PROOFS) continue
      const key = sequence.chars.slice(place, place + KEY_CHARS)
      proofs += 1
      if (!isGenuine(key)) continue
      // What was found is no try that failed.
      proofs -= 1
      free = place + KEY_CHARS
      spans.push({
        key: normalizeCardKey(key) ?? key,
        start: sequence.at[place] ?? 0,
        end: (sequence.at[place + KEY_CHARS - 1] ?? 0) + 1,
      })
    }
  }
  return spans.toSorted((a, b) => a.start - b.start)
}

const sequenceOf = (text: string): Sequence => {
  const places = {
    at: new Uint32Array(text.length),
    from: new Uint32Array(text.length),
    edges: new Uint8Array(text.length),
    digits: new Uint32Array(text.length + 1),
  }
  let [chars, count, start] = ['', 0, 0]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (!isLetterOrDigit(code)) continue
    // A U is in no key: no key goes across it.
    if ((code | SMALL) === U) {
      start = count
      continue
    }
    places.at[count] = index
    places.from[count] = start
    places.edges[count] =
      (isLetterOrDigit(text.charCodeAt(index - 1)) ? 0 : BEGINS) |
      (isLetterOrDigit(text.charCodeAt(index + 1)) ? 0 : ENDS)
    places.digits[count + 1] = (places.digits[count] ?? 0) + (code <= NINE ? 1 : 0)
    chars += text[index]
    count += 1
  }
  return { ...places, chars }
}

const SMALL = 0x20
const U = 'u'.charCodeAt(0)
const NINE = '9'.charCodeAt(0)

/** Of ASCII; what is beyond the text is neither. */
const isLetterOrDigit = (code: number): boolean => {
  const small = code | SMALL
  return (code >= 0x30 && code <= NINE) || (small >= 0x61 && small <= 0x7a && code < 0x80)
}

/** Where a key may begin: first where it would begin and end with a word, then one of both, then anywhere. */
const placesByLikelihood = ({ chars, from, edges, digits }: Sequence): number[][] => {
  const places: [number[], number[], number[]] = [[], [], []]
  for (let place = 0; place + KEY_CHARS <= chars.length; place += 1) {
    const last = place + KEY_CHARS - 1
    if ((from[last] ?? 0) > place) continue
    if ((digits[last + 1] ?? 0) - (digits[place] ?? 0) < MIN_DIGITS) continue
    const begins = ((edges[place] ?? 0) & BEGINS) !== 0
    const ends = ((edges[last] ?? 0) & ENDS) !== 0
    places[begins && ends ? 0 : begins || ends ? 1 : 2].push(place)
  }
  return places
}

const without = (text: string, spans: readonly Span[]): string => {
  let [rest, done] = ['', 0]
  for (const { start, end } of spans) {
    rest += `${text.slice(done, Math.max(done, start))} `
    done = Math.max(done, end)
  }
  return rest + text.slice(done)
}

/** Groups as they are printed, as many as a key has, one more or one less. */
const GROUPS = /(?<![0-9A-Za-z])[0-9A-Za-z]{6}(?:[-_. \n]{1,3}[0-9A-Za-z]{5,7}){6,8}(?![0-9A-Za-z])/g
const ONE_WORD = /(?<![0-9A-Za-z-])(?:[0-9A-TV-Z]{46,50}|[0-9a-tv-z]{46,50})(?![0-9A-Za-z-])/g
/** Beside a word that says so, or alone, a piece of a key is enough. */
const SOME_GROUPS =
  /(?<![0-9A-Za-z-])[0-9A-Za-z]{6}(?:-[0-9A-Za-z]{6}){2,8}(?:-[0-9A-Za-z]{1,7})?(?![0-9A-Za-z-])/g
const SAYS_CARD = /卡密|卡号|兑换|兌換|充值|激活码|cdk|card|redeem/i

const pieceAlike = (text: string): string | undefined => {
  const whole = text.trim()
  if (looksLikeCardKey(whole) && digitsIn(whole) >= MIN_DIGITS && isOfOneCase(whole)) return whole
  const isLoose = SAYS_CARD.test(text) || /^[0-9A-Za-z\s-]+$/.test(whole)
  for (const shape of isLoose ? [GROUPS, ONE_WORD, SOME_GROUPS] : [GROUPS, ONE_WORD])
    for (const [piece] of text.matchAll(shape)) if (isMixed(piece)) return piece
  return undefined
}

const digitsIn = (text: string): number => text.match(/\d/g)?.length ?? 0

/** But for what is written for a 0 or a 1. */
const isOfOneCase = (piece: string): boolean =>
  HAS_HIGH_LETTER.test(piece) && (/^[^a-hjkmnp-z]*$/.test(piece) || /^[^A-HJKMNP-Z]*$/.test(piece))

/** What is hexadecimal throughout is a hash: of random keys one in 10¹⁴ is. */
const HAS_HIGH_LETTER = /[g-z]/i
const MIXED = /^(?=.*\d)(?=.*[A-Za-z])/

/** Names, lists of numbers and English sentences are no keys: there is hardly a group without both letters and digits. */
const isMixed = (piece: string): boolean => {
  if (!HAS_HIGH_LETTER.test(piece)) return false
  const groups = piece.split(/[^0-9A-Za-z]+/)
  if (groups.length === 1) return digitsIn(piece) >= 6 && piece.length - digitsIn(piece) >= 12
  return groups.filter((group) => MIXED.test(group)).length * 2 > groups.length
}
