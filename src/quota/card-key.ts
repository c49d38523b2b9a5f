import { aessiv } from '@noble/ciphers/aes.js'
import { type AppSecrets, deriveKey } from '../base/app-secret.ts'
import { dateOfDay, dayOfDate, startOfShanghaiDay } from '../base/shanghai-day.ts'
import { packCard, unpackCard } from './card-layout.ts'
import { decodeCrockford, encodeCrockford } from './crockford.ts'

/** What a card is, read from its key alone. */
export type CardFacts = {
  /** 0 to 4,294,967,295. */
  batch: number
  /** Within its batch, 0 to 1,048,575. */
  serial: number
  /** 1 to 16,777,215. */
  calls: number
  /** How many days its calls last once it is redeemed, 1 to 32,767; undefined: for ever. */
  days: number | undefined
  /** YYYY-MM-DD, the last day in Shanghai on which it is taken, up to 2328-11-11; undefined: no limit. */
  redeemBy: string | undefined
  /** Which app secret it was sealed with. */
  keyVersion: 'current' | 'previous'
}

/** `malformed`: a slip, for no key looks like this. `forged`: it looks like one and is none that we sealed. */
export type OpenedCardKey = { ok: true; card: CardFacts } | { ok: false; reason: 'malformed' | 'forged' }

export type CardKeys = {
  /** The key as it is printed, always the same for the same facts. Throws RangeError for facts that do not fit. */
  seal(facts: Omit<CardFacts, 'keyVersion'>): string
  /** Takes whatever was typed; never throws. Does not ask whether the card is used, void or too late. */
  open(text: string): OpenedCardKey
}

type Siv = ReturnType<typeof aessiv>

/**
 * Card keys that are told from forged ones without a database: 14 bytes of facts sealed by AES-256-SIV (RFC 5297), with
 * a tag of 128 bits. It needs no nonce, which leaves the key short, and prints a lost card again from its facts.
 */
export const createCardKeys = (secrets: AppSecrets): CardKeys => {
  const keyOf = (secret: Buffer) => deriveKey(secret, 'card-key', 64)
  const currentKey = keyOf(secrets.current)
  const openers: { keyVersion: CardFacts['keyVersion']; siv: Siv }[] = [
    { keyVersion: 'current', siv: aessiv(currentKey) },
    ...secrets.previous.map((secret) => ({ keyVersion: 'previous' as const, siv: aessiv(keyOf(secret)) })),
  ]

  return {
    seal({ batch, serial, calls, days, redeemBy }) {
      const redeemByDay = redeemBy === undefined ? undefined : dayOfDate(redeemBy)
      const plain = packCard({ batch, serial, calls, days, redeemByDay })
      // The library lets an instance seal once; to make one costs next to nothing.
      return formatCardKey(encodeCrockford(aessiv(currentKey).encrypt(plain)))
    },
    open(text) {
      const key = normalizeCardKey(text)
      const sealed = key && decodeCrockford(key)
      if (!sealed) return { ok: false, reason: 'malformed' }
      for (const { keyVersion, siv } of openers) {
        const plain = decrypt(siv, sealed)
        const numbers = plain && unpackCard(plain)
        if (!numbers) continue
        const { redeemByDay, ...facts } = numbers
        const redeemBy = redeemByDay === undefined ? undefined : dateOfDay(redeemByDay)
        return { ok: true, card: { ...facts, redeemBy, keyVersion } }
      }
      return { ok: false, reason: 'forged' }
    },
  }
}

const decrypt = (siv: Siv, sealed: Uint8Array): Uint8Array | undefined => {
  try {
    return siv.decrypt(sealed)
  } catch {
    // A throw is how the library says that the tag is wrong.
    return undefined
  }
}

/** Until the midnight in Shanghai that ends its last day. `now` is in milliseconds since the Unix epoch. */
export const isRedeemableOn = ({ redeemBy }: Pick<CardFacts, 'redeemBy'>, now: number): boolean =>
  redeemBy === undefined || now < startOfShanghaiDay(dayOfDate(redeemBy) + 1)

/** A key with a space after every character has half as many; a longer text is not worth reading. */
const MAX_TYPED_CHARS = 200
/** Spaces, hyphens and what is drawn like them, underscores, dots, and whatever is not seen. */
const SEPARATORS =
  /[\p{White_Space}\p{Dash}ー─⁃\p{Connector_Punctuation}.·・‧•。\p{Default_Ignorable_Code_Point}\p{Format}\p{Control}\u2800]/gu
const CARD_KEY = /^[0-9A-HJKMNP-TV-Z]{48}$/

/** The 48 characters of a key out of what people make of it; nothing when it is not the shape of one. */
export const normalizeCardKey = (text: string): string | undefined => {
  if (text.length > MAX_TYPED_CHARS) return undefined
  const bare = text.normalize('NFKC').replace(SEPARATORS, '').toUpperCase()
  const key = bare.replaceAll('O', '0').replace(/[IL]/g, '1')
  return CARD_KEY.test(key) ? key : undefined
}

/**
 * Whether a chat message that is no command is meant as a card key. A sentence can have 48 letters too, but hardly a
 * digit among them; of sixty million keys one has no digit.
 */
export const looksLikeCardKey = (text: string): boolean =>
  normalizeCardKey(text) !== undefined && /[0-9]/.test(text.normalize('NFKC'))

/** A normalised key as it is printed: eight groups of six. */
export const formatCardKey = (key: string): string => key.match(/.{6}/g)?.join('-') ?? key
