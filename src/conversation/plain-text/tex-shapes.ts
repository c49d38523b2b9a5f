import { subscripts, superscripts } from './tex-symbols.ts'

const mapped = (text: string, images: Map<string, string>): string | undefined => {
  let out = ''
  for (const char of text) {
    const image = images.get(char)
    if (image === undefined) return undefined
    out += image
  }
  return out
}

const tight = (text: string): string => (/\p{L} \p{L}/u.test(text) ? text : text.replace(/\s+/g, ''))

/** `2` → `²`, `ab/2` → `^(ab/2)`. */
export const superscript = (written: string): string => {
  const text = tight(written)
  if (text === '') return ''
  if (text === '∘' || text === '°') return '°'
  if (/^′+$/.test(text)) return text
  return mapped(text, superscripts) ?? (/^(?:.|\p{N}+)$/u.test(text) ? `^${text}` : `^(${text})`)
}

/** `1` → `₁`, `max` → `_max`: small letters for a whole word are hard to read. */
export const subscript = (written: string): string => {
  const text = tight(written)
  if (text === '') return ''
  const small = /^\p{L}{3,}$/u.test(text) ? undefined : mapped(text, subscripts)
  return small ?? (/^(?:.|\p{L}+|\p{N}+)$/u.test(text) ? `_${text}` : `_(${text})`)
}

const scripts = String.raw`[\p{No}\p{Lm}ᵢᵣᵤᵥ₊₋⁺⁻′\p{M}]*`
const call = String.raw`\p{L}${scripts}\([^()]*\)`
const one = String.raw`\p{Nd}+(?:\.\p{Nd}+)?|[d∂Δ∇√]?\p{L}${scripts}|\p{L}{3,}|\p{Script=Han}+`
const single = new RegExp(`^(?:${one}|${call})$`, 'u')
const factor = String.raw`[\p{L}\p{Nd}.√∂∇][\p{L}\p{Nd}.√∂∇\p{No}\p{Lm}ᵢᵣᵤᵥ₊₋⁺⁻′\p{M}]*`
const group = String.raw`\([^()]*\)`
// Small letters are letters too: each character fits in one place alone, else the ways to read them double with each.
const product = new RegExp(`^(?:${group})*(?:${factor}(?:${group})+)*(?:${factor})?$`, 'u')

const bracketed = (text: string): string => `(${text})`

/** `a/b`, with brackets where the line would say something else. */
export const fraction = (above: string, below: string): string =>
  `${above !== '' && product.test(above) ? above : bracketed(above)}/${single.test(below) ? below : bracketed(below)}`

export const root = (degree: string, inside: string): string => {
  const sign = { '': '√', '2': '√', '3': '∛', '4': '∜' }[degree] ?? `${superscript(degree)}√`
  return sign + (/^(?:\p{Nd}+|\p{L})$/u.test(inside) ? inside : bracketed(inside))
}

/** The mark on each letter of a short name; a longer argument goes without. */
export const accented = (text: string, mark: string): string => {
  const letters = [...text]
  return letters.length > 3
    ? text
    : letters.map((letter) => (letter === ' ' ? letter : letter + mark)).join('')
}
