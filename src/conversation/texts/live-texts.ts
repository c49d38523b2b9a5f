import type { Locale, Texts } from '../texts.ts'
import { en } from './en.ts'
import { KEYS, type TextKey, type TextSpec, type Wording } from './keys.ts'
import { fillTemplate } from './template.ts'
import { zhCN } from './zh-cn.ts'

/** What an operator worded anew. */
export type Overrides = { readonly [K in TextKey]?: string }

const SHIPPED: Record<Locale, Wording> = { 'zh-CN': zhCN, en }

export const wordingOf = (locale: Locale): Wording => SHIPPED[locale]

export const TEXT_KEYS = Object.keys(KEYS).filter(isTextKey)

/**
 * Texts that always answer by what `current` gives at that moment, and for the rest by the shipped wording: a rule that
 * was given them once says the newest.
 */
export const liveTexts = (current: () => Overrides, locale: Locale): Texts => {
  const shipped = wordingOf(locale)
  const template = (key: TextKey): string => current()[key] ?? shipped[key]
  const texts: { [name: string]: unknown } = {}
  for (const key of TEXT_KEYS) {
    const [name, part] = key.split('.')
    if (name === undefined) continue
    const home = part === undefined ? texts : groupIn(texts, name)
    const say = (...values: (string | number)[]) => fillText(key, template, values)
    const isFilled = KEYS[key].takes.length > 0
    Object.defineProperty(home, part ?? name, {
      enumerable: true,
      ...(isFilled ? { value: say } : { get: () => say() }),
    })
  }
  // KEYS is checked against Texts, key by key and argument by argument.
  return texts as Texts
}

/** A text with its placeholders filled, `values` in the order of its function's arguments. */
export const fillText = (
  key: TextKey,
  template: (key: TextKey) => string,
  values: readonly (string | number)[],
): string => {
  const { takes }: TextSpec = KEYS[key]
  const filled = takes.map((name, index) => {
    const value = values[index] ?? ''
    const isNote = name === 'code' && key !== 'codeNote' && value !== ''
    return [name, isNote ? fillText('codeNote', template, [value]) : value] as const
  })
  // A code that is left out leaves no space behind.
  return fillTemplate(template(key), Object.fromEntries(filled)).trimEnd()
}

const groupIn = (texts: { [name: string]: unknown }, name: string): object => {
  const known = texts[name]
  if (typeof known === 'object' && known !== null) return known
  const group = {}
  texts[name] = group
  return group
}

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(KEYS, key)
}
