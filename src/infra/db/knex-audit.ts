import type { Knex } from 'knex'
import type { Audit, AuditEntry } from '../../operator/audit.ts'

type AuditRow = Omit<AuditEntry, 'details'> & { details: string }

export const createKnexAudit = (knex: Knex): Audit => ({
  async note({ details, ...entry }) {
    await knex('audit_entries').insert({ ...entry, details: JSON.stringify(details) })
  },

  async list(since, limit) {
    const rows = await knex('audit_entries')
      .where('at', '>=', since)
      .orderBy('id', 'desc')
      .limit(limit)
      .select<AuditRow[]>('at', 'actor', 'act', 'subject', 'details')
    return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }))
  },
})
