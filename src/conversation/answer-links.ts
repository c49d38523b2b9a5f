import { createHmac, timingSafeEqual } from 'node:crypto'
import { type AppSecrets, allSecrets, deriveKey } from '../base/app-secret.ts'
import type { Clock } from '../base/clock.ts'
import { shanghaiDay, startOfShanghaiDay } from '../base/shanghai-day.ts'

export type OpenedLink = {
  turnId: string
  /** Milliseconds since the Unix epoch; from then on the link opens nothing. */
  expiresAt: number
}

/** Addresses that show one answer to whoever has them, for a while. */
export type AnswerLinks = {
  /** The same all day long. Throws for what is no turn's id. */
  urlFor(turnId: string): string
  /** Nothing for what is malformed, forged or expired; never throws. */
  open(token: string): OpenedLink | undefined
  /** Whether whoever is given one can open it. */
  areOpen: boolean
}

export type AnswerLinksParts = {
  secrets: AppSecrets
  /** Without a slash at the end. */
  publicUrl: string
  clock: Pick<Clock, 'now'>
  areOpen?: boolean
  /** A link lives as many whole days after the one it was made on. */
  days?: number
}

// A token is base64url of: version (1 byte), the day it ends (2), the turn's id without its prefix (26), MAC (16). As 45
// bytes fill 60 characters exactly, there is one way only to write them.
const VERSION = 1
const ID_AT = 3
const MAC_AT = 29
const MAC_BYTES = 16
const TOKEN = /^[\w-]{60}$/
const TURN_ID = /^trn_([0-9a-z]{26})$/

export const createAnswerLinks = ({
  secrets,
  publicUrl,
  clock,
  days = 7,
  areOpen = true,
}: AnswerLinksParts): AnswerLinks => {
  const keyOf = (secret: Buffer) => deriveKey(secret, 'answer-link')
  const currentKey = keyOf(secrets.current)
  const keys = allSecrets(secrets).map(keyOf)

  return {
    areOpen,
    urlFor(turnId) {
      const id = TURN_ID.exec(turnId)?.[1]
      if (id === undefined) throw new TypeError('an answer link needs the id of a turn')
      const signed = Buffer.alloc(MAC_AT)
      signed.writeUInt8(VERSION, 0)
      signed.writeUInt16BE(shanghaiDay(clock.now()) + 1 + days, 1)
      signed.write(id, ID_AT, 'latin1')
      return `${publicUrl}/a/${Buffer.concat([signed, macOf(currentKey, signed)]).toString('base64url')}`
    },
    open(token) {
      if (!TOKEN.test(token)) return undefined
      const bytes = Buffer.from(token, 'base64url')
      const signed = bytes.subarray(0, MAC_AT)
      const mac = bytes.subarray(MAC_AT)
      if (!keys.some((key) => timingSafeEqual(mac, macOf(key, signed)))) return undefined
      if (signed.readUInt8(0) !== VERSION) return undefined
      const expiresAt = startOfShanghaiDay(signed.readUInt16BE(1))
      if (clock.now() >= expiresAt) return undefined
      return { turnId: `trn_${signed.toString('latin1', ID_AT)}`, expiresAt }
    },
  }
}

const macOf = (key: Buffer, signed: Buffer): Buffer =>
  createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES)
