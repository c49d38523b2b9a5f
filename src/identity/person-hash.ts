import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type AppSecrets, deriveKey } from '../base/app-secret.ts'
import type { Person } from './user.ts'

/**
 * Knows a person again without keeping who they are: all that may outlive an erased account. Without the app secret
 * nobody can tell, by trying OpenIDs, whose hash it is.
 */
export type PersonHash = {
  /** 43 characters of base64url, to be stored. */
  hash(person: Person): string
  /** Under which hashes the person may have been stored: by the current secret, then by the previous one. */
  candidates(person: Person): string[]
}

export const createPersonHash = (secrets: AppSecrets): PersonHash => {
  const keyOf = (secret: Buffer) => createSecretKey(deriveKey(secret, 'person'))
  const currentKey = keyOf(secrets.current)
  const keys = secrets.previous ? [currentKey, keyOf(secrets.previous)] : [currentKey]

  return {
    hash: (person) => hmac(currentKey, person),
    candidates: (person) => keys.map((key) => hmac(key, person)),
  }
}

/** As JSON, so that no end of an account and beginning of an OpenID can be taken for others. */
const hmac = (key: KeyObject, { account, openid }: Person): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([account, openid]))
    .digest('base64url')
