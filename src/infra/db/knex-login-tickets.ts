import type { Knex } from 'knex'
import type { LoginTicket, LoginTicketStore, TicketKind } from '../../identity/login-tickets.ts'

type TicketRow = {
  ticket: string
  browser_hash: string
  scene: string | null
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
      await knex('login_tickets').insert({
        ...{ ticket: ticket.ticket, browser_hash: ticket.browserHash, kind: ticket.kind },
        ...{ scene: ticket.scene ?? null, created_at: ticket.createdAt, expires_at: ticket.expiresAt },
        ...{ scanned_at: ticket.scannedAt ?? null, user_id: ticket.userId ?? null },
      })
    },

    find: (ticket) => findWhere({ ticket }),

    async scanned(scene, userId, now) {
      const live = await knex('login_tickets')
        .where({ scene })
        .where('expires_at', '>', now)
        .update({ user_id: userId, scanned_at: knex.raw('coalesce(scanned_at, ?)', [now]) })
      return live > 0 ? findWhere({ scene }) : undefined
    },
  }
}

const toTicket = (row: TicketRow): LoginTicket => ({
  ticket: row.ticket,
  browserHash: row.browser_hash,
  scene: row.scene ?? undefined,
  kind: row.kind,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  scannedAt: row.scanned_at ?? undefined,
  userId: row.user_id ?? undefined,
})
