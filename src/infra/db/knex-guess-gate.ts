import type { Knex } from 'knex'
import type { GateState, GuessGateStore } from '../../identity/guess-gate.ts'

type GateRow = { free_at: number; guesses: number; since: number }

export const createKnexGuessGate = (knex: Knex, name: string): GuessGateStore => ({
  async state() {
    const row = await knex('guess_gates').where({ name }).first<GateRow | undefined>()
    return { freeAt: row?.free_at ?? 0, guesses: row?.guesses ?? 0, since: row?.since ?? 0 }
  },

  async change(before, after) {
    const where = { name, ...toRow(before) }
    return (await knex('guess_gates').where(where).update(toRow(after))) > 0
  },
})

const toRow = ({ freeAt, guesses, since }: GateState): GateRow => ({ free_at: freeAt, guesses, since })
