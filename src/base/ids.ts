import { randomBytes } from 'node:crypto'

/** Crockford's base32: no I, L, O or U, so that a code read aloud is typed back right. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix = 'trn' | 'usr' | 'cnv' | 'grt' | 'ses' | 'trc'

export type Ids = {
  /** `trn_` and 26 characters that sort by time: 48 bits of milliseconds, then 80 random bits. */
  next(prefix: IdPrefix): string
  /** Eight characters a user can read to the operator: `K7Q2M9TX`. */
  refusalCode(): string
}

export const createIds = (now: () => number, random: (size: number) => Buffer = randomBytes): Ids => {
  let lastMs = 0
  let tail = 0n
  return {
    next(prefix) {
      const ms = now()
      // Within one millisecond the random part counts up, so ids of one process keep their order.
      if (ms > lastMs) {
        lastMs = ms
        // The top bit stays clear: counting up can then never overflow the 80 bits.
        tail = BigInt(`0x${random(10).toString('hex')}`) >> 1n
      } else tail += 1n
      return `${prefix}_${base32(BigInt(lastMs), 10)}${base32(tail, 16)}`
    },
    refusalCode: () => base32(BigInt(`0x${random(5).toString('hex')}`), 8).toUpperCase(),
  }
}

const base32 = (value: bigint, length: number): string => {
  let rest = value
  let text = ''
  for (let i = 0; i < length; i += 1) {
    text = ALPHABET[Number(rest & 31n)] + text
    rest >>= 5n
  }
  return text
}
