import { foldedText } from './folded-text.ts'
import { KEY_SHAPES, PRIVATE_KEY, SK } from './key-shapes.ts'
import { isPlaceholder, isUuid, isWordy, saysItIsAKey } from './like-a-key.ts'

/**
 * `own`: a channel of ours might take it; a GitHub token is none of these · `named`: by its shape it belongs to one
 * provider, so that no other is to be shown it · `rest`: what stands around it.
 */
export type KeyInText = { key: string; own: boolean; named: boolean; rest: string }

type Found = { start: number; end: number; own: boolean; named: boolean }

/** A provider's key wherever it stands in a text: by its shape, by what is said beside it, or because it is all there is. */
export const keyInText = (text: string): KeyInText | undefined => {
  const folded = joined(foldedText(text))
  const found = byShape(folded) ?? besideItsName(folded) ?? alone(folded)
  if (!found) return undefined
  const { start, end, own, named } = found
  const rest = `${folded.slice(0, start)} ${folded.slice(end)}`
  return { key: folded.slice(start, end), own, named, rest }
}

/** Whether a key is known in it by its shape alone. */
export const hasShapedKey = (text: string): boolean => byShape(joined(foldedText(text))) !== undefined

const LETTER_BY_LETTER = /(?<!\S)[!-~](?:\s[!-~]){19,}(?!\S)/g
/** Each piece has digits and letters: 「sk-learn 1.5 on python 3.12」 has not. */
const IN_PIECES =
  /(?<![0-9A-Za-z])sk-[\w-]{0,15}(?:\s{1,2}(?=[a-zA-Z]{0,12}\d)(?=\d{0,12}[a-zA-Z])[0-9A-Za-z_-]{4,64}){1,12}/g

/** Without the spaces that keep a key from being seen, by intent or by a line's end. */
const joined = (text: string): string =>
  text.replace(LETTER_BY_LETTER, closed).replace(IN_PIECES, (pieces) => {
    const word = closed(pieces)
    const digits = word.match(/\d/g)?.length ?? 0
    return word.length >= 24 && digits >= 6 ? word : pieces
  })

const closed = (text: string): string => text.replace(/\s+/g, '')

const byShape = (text: string): Found | undefined => {
  const pem = PRIVATE_KEY.exec(text)
  if (pem) return { start: pem.index, end: text.length, own: false, named: true }
  for (const { start, end } of wordsLike(SK.pattern, text)) {
    const body = text.slice(start + 'sk-'.length, end)
    // 「sk-learn-contrib-project」 is a name, unless nothing else is said.
    const isName = isWordy(body) && body.includes('-') && text.trim().length > end - start + 4
    if (!isPlaceholder(body) && !isName) return { start, end, own: true, named: false }
  }
  for (const { pattern, own } of KEY_SHAPES)
    for (const { start, end } of wordsLike(pattern, text)) {
      const word = text.slice(start, end)
      // One key in a hundred has no digit, but no word is written like it.
      const body = word.slice(4)
      const isKey = /\d/.test(body) || (/[a-z]/.test(body) && /[A-Z]/.test(body)) || /^[A-Z]{20}/.test(word)
      // 「pa-system-for-a-conference-room-with-microphones」; with capitals only where the beginning is a word.
      const mayBeName = /^(?:pa|pypi)-/.test(word) || !/[A-Z]/.test(body)
      const isName = mayBeName && isWordy(body) && body.split('-').length > 4
      if (isKey && !isName && !isPlaceholder(word)) return { start, end, own, named: true }
    }
  return webToken(text)
}

/** A JSON Web Token: three pieces, of which two are JSON objects in base 64. */
const webToken = (text: string): Found | undefined => {
  for (const { index, 0: word } of text.matchAll(/[\w.-]{30,}/g)) {
    const [head = '', body = '', seal = ''] = word.slice(word.indexOf('eyJ')).split('.', 3)
    if (!head.startsWith('eyJ') || head.length < 12 || !body.startsWith('eyJ') || seal.length < 8) continue
    const start = index + word.indexOf('eyJ')
    const end = start + head.length + body.length + seal.length + 2
    return { start, end, own: false, named: true }
  }
  return undefined
}

/** A long word without a shape, where the words around it say what it is: 「我的 key 是 …」. */
const besideItsName = (text: string): Found | undefined => {
  for (const match of text.matchAll(/[\w.+/=~-]{20,}/g)) {
    // A sign that ends a sentence, or stands for one: `key=…`.
    const lead = /^[^=]{0,30}=(?=[^=])|^[.+/=~-]+/.exec(match[0])?.[0].length ?? 0
    const start = match.index + lead
    let end = match.index + match[0].length
    while (end > start && '.~-'.includes(text[end - 1] ?? '')) end -= 1
    const word = text.slice(start, end)
    if (word.length >= 20 && saysItIsAKey(text, start, end) && !isWordy(word) && !isPlaceholder(word))
      return { start, end, own: true, named: false }
  }
  return undefined
}

/** An address without its `https:`. */
const ADDRESS = /^[\w-]+(?:\.[\w-]+)+(?:[/:]|$)/
const MIN_ALONE = 22
/** A shorter word is none, unless capitals, small letters and digits are all in it: it may be half of a key. */
const SURE_ALONE = 30

/** Nothing but one long word that is no word. */
const alone = (text: string): Found | undefined => {
  const [, before = '', word = ''] =
    /^([\s\p{P}\p{S}]{0,20}?)([\w.+/=~-]{22,512})[\s\p{P}\p{S}]{0,20}$/u.exec(text) ?? []
  if (word.length < MIN_ALONE || isUuid(word) || ADDRESS.test(word)) return undefined
  const isMixed = /\d/.test(word) && /[a-z]/i.test(word)
  if (word.length < SURE_ALONE && !(/[a-z]/.test(word) && /[A-Z]/.test(word) && /^\w+$/.test(word)))
    return undefined
  if (!isMixed || isWordy(word) || isPlaceholder(word) || new Set(word).size < 8) return undefined
  return { start: before.length, end: before.length + word.length, own: true, named: false }
}

/** Each word is looked at once, however often the pattern is in it. */
function* wordsLike(pattern: RegExp, text: string): Generator<{ start: number; end: number }> {
  let done = 0
  for (const { index, 0: known } of text.matchAll(pattern)) {
    if (index < done) continue
    done = endOfWord(text, index + known.length)
    yield { start: index, end: done }
  }
}

/** The rest of a key's word; a full stop ends it. */
const endOfWord = (text: string, from: number): number => {
  const word = /[\w-]*/y
  word.lastIndex = from
  return from + (word.exec(text)?.[0].length ?? 0)
}
