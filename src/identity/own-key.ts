import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from 'node:crypto'
import { type AppSecrets, deriveKey } from '../base/app-secret.ts'

/** Whose key it is and for which channel: opened under any other name, it stays shut. */
export type OwnKeyPlace = {
  /** `usr_…`, which holds no line break; the channel may hold what it likes. */
  userId: string
  channel: string
}

export type SealedOwnKey = {
  /** base64url of nonce (12 bytes), ciphertext (as long as the key) and tag (16). */
  sealed: string
  /** Eight hex digits that tell which app secret sealed it, and nothing about the secret. */
  keyVersion: string
  /** All that is ever shown of it: the last 4 characters, of a short key `****`. */
  tail: string
}

export type OwnKeySeal = {
  /** Seals anew each time: the same key is never the same bytes. */
  seal(own: OwnKeyPlace & { key: string }): SealedOwnKey
  /** Nothing when it was changed, is another's, or its secret is gone; never throws. */
  open(own: OwnKeyPlace & Pick<SealedOwnKey, 'sealed' | 'keyVersion'>): string | undefined
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const TAIL_CHARS = 4
/** Of a shorter key, four characters would be too much of it. */
const MIN_CHARS_FOR_TAIL = 12

/** Users' own API keys, sealed by AES-256-GCM. `randomBytes` is node:crypto's but for tests. */
export const createOwnKeySeal = (
  secrets: AppSecrets,
  randomBytes: (size: number) => Uint8Array,
): OwnKeySeal => {
  const current = versionOf(secrets.current)
  const versions = [current, ...secrets.previous.map(versionOf)]

  return {
    seal({ key, ...place }) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(boundTo(place))
      const bytes = Buffer.concat([nonce, cipher.update(key, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { sealed: bytes.toString('base64url'), keyVersion: current.id, tail: tailOf(key) }
    },
    open({ sealed, keyVersion, ...place }) {
      const version = versions.find(({ id }) => id === keyVersion)
      const bytes = Buffer.from(sealed, 'base64url')
      // Written back, for Buffer.from skips what is not base64url.
      if (!version || bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed)
        return undefined
      return decrypt(version.key, bytes, boundTo(place))
    },
  }
}

type Version = { id: string; key: KeyObject }

const versionOf = (secret: Buffer): Version => ({
  // Of a key derived for this alone, so that the row of a database is no way to try guesses of the sealing key.
  id: createHash('sha256').update(deriveKey(secret, 'own-key-id')).digest('hex').slice(0, 8),
  key: createSecretKey(deriveKey(secret, 'own-key')),
})

const boundTo = ({ userId, channel }: OwnKeyPlace): Buffer => Buffer.from(`${userId}\n${channel}`)

const decrypt = (key: KeyObject, bytes: Buffer, aad: Buffer): string | undefined => {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(aad)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8')
  try {
    return text + decipher.final('utf8')
  } catch {
    // A throw is how node says that the tag is wrong.
    return undefined
  }
}

const tailOf = (key: string): string => (key.length < MIN_CHARS_FOR_TAIL ? '****' : key.slice(-TAIL_CHARS))

/** What providers give out fits an HTTP header: printable ASCII without spaces. Not normalised, a key is exact. */
const OWN_KEY = /^[!-~]{8,512}$/

/** A key as it was typed or pasted, without the space around it; never throws. */
export const readOwnKey = (text: string): { ok: true; key: string } | { ok: false } => {
  const key = text.trim()
  return OWN_KEY.test(key) ? { ok: true, key } : { ok: false }
}
