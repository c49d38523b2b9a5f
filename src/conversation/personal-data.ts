import type { GrantKind } from '../quota/grant.ts'
import type { Entry } from '../quota/ledger.ts'
import type { RuleName } from './incoming.ts'

/** What is kept of a user besides conversations and ledger entries. Times in milliseconds since the Unix epoch. */
export type PersonalRecords = {
  id: string
  account: string
  openid: string
  model: string | undefined
  createdAt: number
  followedAt: number | undefined
  /** When they last wrote, or tapped. */
  messagedAt: number | undefined
  tappedAt: number | undefined
  blockedAt: number | undefined
  ownKey: { channel: string; tail: string; createdAt: number } | undefined
  grants: {
    kind: GrantKind
    calls: number
    remaining: number
    createdAt: number
    expiresAt: number | undefined
  }[]
  cards: { batch: number; serial: number; redeemedAt: number }[]
  /** Of the last days: what came in WeChat, and what was answered at once. */
  messages: { receivedAt: number; reply: string | undefined }[]
  pushes: { sentAt: number }[]
  /** Where they are logged in. */
  sessions: { userAgent: string; createdAt: number; lastSeenAt: number; expiresAt: number }[]
  refusals: { code: string; rule: RuleName; at: number }[]
}

export type LedgerLine = Pick<Entry, 'at' | 'kind' | 'calls' | 'turnId' | 'reason'> & { id: number }

/** Everything of one user, for that user. */
export type PersonalData = {
  records(userId: string): Promise<PersonalRecords | undefined>
  /** The ledger's entries after the one with this id, oldest first. */
  entries(userId: string, page: { limit: number; after: number }): Promise<LedgerLine[]>
}
