import { describe, expect, test } from '@jest/globals'
import { up } from '../../migrations/20261127000700_ending_notes.ts'
import { engines } from '../support/databases.ts'
import { useStores } from '../support/stores.ts'

describe.each(engines)('answers of before on %s', (engine) => {
  const { knex, answeredTurn } = useStores(engine)

  test.each([
    ['cut-off', '前半𠮷\n\n（回答到这里中断了。回复「重答」可以重新回答。）', '前半𠮷'],
    ['stopped', '前半\n\n（已停止）', '前半'],
    ['stopped', 'half\n\n(stopped)', 'half'],
    ['stopped', '他说\n\n（已停止） 然后', '他说\n\n（已停止） 然后'],
    ['whole', '写作\n\n（已停止）', '写作\n\n（已停止）'],
  ])('%s: hold the words of the model alone', async (ending, answer, kept) => {
    const { id } = await answeredTurn()
    await knex()('turns').where({ id }).update({ ending, answer })
    await up(knex())
    expect(await knex()('turns').where({ id }).first('answer')).toEqual({ answer: kept })
  })
})
