import { type CardsInText, cardsInText, type IsGenuine } from './cards-in-text.ts'
import { hasShapedKey, type KeyInText, keyInText } from './key-in-text.ts'

/** What must go to no model, into no history, title or log, wherever it stands in what somebody writes. */
export type SecretsInText = {
  cards(text: string): CardsInText
  /** A provider's key. */
  key(text: string): KeyInText | undefined
  /** Which of both is in it, if any. */
  kindIn(text: string): 'card' | 'key' | undefined
}

/** Card keys are known by their seal, which only this service can tell. */
export const createSecretsInText = (isGenuine: IsGenuine): SecretsInText => {
  const cards = (text: string): CardsInText => {
    const found = cardsInText(text, isGenuine)
    // Some providers' keys have as many letters.
    const isKey = found.alike !== undefined && hasShapedKey(text)
    return isKey ? { genuine: [], alike: undefined, rest: text } : found
  }
  return {
    cards,
    key: keyInText,
    kindIn(text) {
      const { genuine, alike } = cards(text)
      if (genuine.length > 0 || alike !== undefined) return 'card'
      return keyInText(text) ? 'key' : undefined
    },
  }
}
