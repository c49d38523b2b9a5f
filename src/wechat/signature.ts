import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * The digest WeChat signs with: SHA-1 over the parts, sorted as strings and joined. Parts are token, timestamp and
 * nonce, and with ciphertext the ciphertext too.
 * https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
 */
export const signatureOf = (...parts: string[]): string =>
  createHash('sha1').update(parts.sort().join('')).digest('hex')

/** Compares in constant time; a digest of another length is no secret and may answer early. */
export const signatureMatches = (given: string, ...parts: string[]): boolean => {
  const expected = Buffer.from(signatureOf(...parts))
  const actual = Buffer.from(given)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
