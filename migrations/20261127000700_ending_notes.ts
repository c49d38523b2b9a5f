import type { Knex } from 'knex'

/**
 * Programs that do not know it show an answer without its note, and lose nothing by it. A note that one of them writes
 * after it has run stays in the answer: the newer program shows it twice.
 */
export const step = 'expand'

/** How an answer ended was written into it; now whoever shows it says so. As the texts were shipped. */
const NOTES = [
  '（已停止）',
  '(stopped)',
  '（回答到这里中断了。回复「重答」可以重新回答。）',
  '(The answer broke off here. Send "retry" to get a new one.)',
]

export const up = async (knex: Knex): Promise<void> => {
  const chars = knex.client.config.client === 'mysql2' ? 'char_length' : 'length'
  for (const note of NOTES.map((words) => `\n\n${words}`))
    await knex('turns')
      .whereIn('ending', ['cut-off', 'stopped'])
      .whereRaw(`substr(answer, -?) = ?`, [note.length, note])
      .update({ answer: knex.raw(`substr(answer, 1, ${chars}(answer) - ?)`, [note.length]) })
}

/** The notes are not missed. */
export const down = async (): Promise<void> => {}
