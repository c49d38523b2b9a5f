/** The numbers a card key is made of. */
export type CardNumbers = {
  batch: number
  serial: number
  calls: number
  days: number | undefined
  /** Days since 1970-01-01. */
  redeemByDay: number | undefined
}

/** The one layout there is so far. Every key says which one it has, so that another can come beside it. */
const VERSION = 1

/** In this order: 112 bits, 14 bytes. What may be left out is then 0, below its minimum. */
const LAYOUT = [
  { name: 'version', bits: 4, min: VERSION },
  { name: 'batch', bits: 32, min: 0 },
  { name: 'serial', bits: 20, min: 0 },
  { name: 'calls', bits: 24, min: 1 },
  { name: 'days', bits: 15, min: 1 },
  { name: 'redeemByDay', bits: 17, min: 1 },
] as const
const PACKED_BYTES = 14

const mostOf = (name: (typeof LAYOUT)[number]['name']): number =>
  2 ** (LAYOUT.find((field) => field.name === name)?.bits ?? 0) - 1

/** The largest numbers that fit; `redeemByDay` in days since 1970-01-01. */
export const CARD_LIMITS = {
  batch: mostOf('batch'),
  serial: mostOf('serial'),
  calls: mostOf('calls'),
  days: mostOf('days'),
  redeemByDay: mostOf('redeemByDay'),
}

/** 14 bytes. Throws RangeError for a number that does not fit. */
export const packCard = (card: CardNumbers): Uint8Array => {
  const numbers = { version: VERSION, ...card }
  let packed = 0n
  for (const { name, bits, min } of LAYOUT) {
    const number = numbers[name]
    const most = 2 ** bits - 1
    if (number !== undefined && !(Number.isInteger(number) && number >= min && number <= most))
      throw new RangeError(`${name} of a card has to be a whole number from ${min} to ${most}`)
    packed = (packed << BigInt(bits)) | BigInt(number ?? 0)
  }
  return Buffer.from(packed.toString(16).padStart(PACKED_BYTES * 2, '0'), 'hex')
}

/** Nothing for another layout's bytes, nor for what packCard never makes. */
export const unpackCard = (bytes: Uint8Array): CardNumbers | undefined => {
  let packed = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  const numbers = { version: 0, batch: 0, serial: 0, calls: 0, days: 0, redeemByDay: 0 }
  for (const { name, bits } of LAYOUT.toReversed()) {
    numbers[name] = Number(BigInt.asUintN(bits, packed))
    packed >>= BigInt(bits)
  }
  const { version, batch, serial, calls, days, redeemByDay } = numbers
  if (version !== VERSION || calls === 0) return undefined
  return { batch, serial, calls, days: days || undefined, redeemByDay: redeemByDay || undefined }
}
