import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type AppSecrets, allSecrets, deriveKey } from '../base/app-secret.ts'
import type { Person } from './user.ts'

/**
 * Knows a person again without keeping who they are: all that may outlive an erased account. Without the app secret
 * nobody can tell, by trying OpenIDs, whose hash it is.
 */
export type PersonHash = {
  /** 43 characters of base64url, to be stored; with `messageKey` of one message of theirs, which says nothing of others. */
  hash(person: Person, messageKey?: string): string
  /** Under which hashes the same may have been stored: by the current secret, then by the previous ones. */
  candidates(person: Person, messageKey?: string): string[]
  /**
   * By what limits count a person, whichever user they are by now: by the oldest secret, which stays the same when a new one
   * is put before it.
   */
  limitKey(person: Person): string
}

export const createPersonHash = (secrets: AppSecrets): PersonHash => {
  const keyOf = (secret: Buffer) => createSecretKey(deriveKey(secret, 'person'))
  const currentKey = keyOf(secrets.current)
  const keys = allSecrets(secrets).map(keyOf)

  return {
    hash: (person, messageKey) => hmac(currentKey, person, messageKey),
    candidates: (person, messageKey) => keys.map((key) => hmac(key, person, messageKey)),
    limitKey: (person) => hmac(keys.at(-1) ?? currentKey, person),
  }
}

/** As JSON, so that no end of an account and beginning of an OpenID can be taken for others. */
const hmac = (key: KeyObject, { account, openid }: Person, messageKey?: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(messageKey === undefined ? [account, openid] : [account, openid, messageKey]))
    .digest('base64url')
