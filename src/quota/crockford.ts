/** Crockford's base32 leaves out I, L, O and U. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, value) => [char, value]))

/** For bytes by the five: their bits fill the characters exactly, so that there is one way only to write them. */
export const encodeCrockford = (bytes: Uint8Array): string => {
  let text = ''
  let held = 0
  let heldBits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    heldBits += 8
    while (heldBits >= 5) {
      heldBits -= 5
      text += ALPHABET[held >> heldBits]
      held &= (1 << heldBits) - 1
    }
  }
  return text
}

/** For capitals and digits by the eight. Nothing when a character is not of the alphabet. */
export const decodeCrockford = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array((text.length / 8) * 5)
  let at = 0
  let held = 0
  let heldBits = 0
  for (const char of text) {
    const value = VALUES.get(char)
    if (value === undefined) return undefined
    held = (held << 5) | value
    heldBits += 5
    if (heldBits < 8) continue
    heldBits -= 8
    bytes[at] = held >> heldBits
    held &= (1 << heldBits) - 1
    at += 1
  }
  return bytes
}
