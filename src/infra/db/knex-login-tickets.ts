import type { Knex } from 'knex'
import type { LoginTicket, LoginTicketStore, TicketKind } from '../../identity/login-tickets.ts'
import { isDuplicate } from './database.ts'

type TicketRow = {
  ticket: string
  browser_hash: string
  scene: string | null
  mark: string | null
  user_agent: string
  kind: TicketKind
  created_at: number
  expires_at: number
  scanned_at: number | null
  user_id: string | null
}

export const createKnexLoginTickets = (knex: Knex): LoginTicketStore => {
  const findWhere = async (where: { [column: string]: string }): Promise<LoginTicket | undefined> => {
    const row = await knex('login_tickets').where(where).first<TicketRow | undefined>()
    return row && toTicket(row)
  }

  return {
    async add(ticket) {
      const { mark, createdAt } = ticket
      // What has expired has no more claim to its mark.
      if (mark !== undefined)
        await knex('login_tickets')
          .where({ mark })
          .where('expires_at', '<=', createdAt)
          .update({ mark: null })
      try {
        await knex('login_tickets').insert(toRow(ticket))
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },

    find: (ticket) => findWhere({ ticket }),

    async scanned(by, userId, now) {
      const live = await knex('login_tickets')
        .where(by)
        .where('expires_at', '>', now)
        .update({ user_id: userId, scanned_at: knex.raw('coalesce(scanned_at, ?)', [now]) })
      return live > 0 ? findWhere(by) : undefined
    },
  }
}

const toRow = (ticket: LoginTicket): TicketRow => ({
  ticket: ticket.ticket,
  browser_hash: ticket.browserHash,
  scene: ticket.scene ?? null,
  mark: ticket.mark ?? null,
  user_agent: ticket.userAgent,
  kind: ticket.kind,
  created_at: ticket.createdAt,
  expires_at: ticket.expiresAt,
  scanned_at: ticket.scannedAt ?? null,
  user_id: ticket.userId ?? null,
})

const toTicket = (row: TicketRow): LoginTicket => ({
  ticket: row.ticket,
  browserHash: row.browser_hash,
  scene: row.scene ?? undefined,
  mark: row.mark ?? undefined,
  userAgent: row.user_agent,
  kind: row.kind,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  scannedAt: row.scanned_at ?? undefined,
  userId: row.user_id ?? undefined,
})
