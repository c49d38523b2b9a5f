import { say } from '../../base/say.ts'
import type { CardUse } from '../../quota/cards.ts'
import { type CliAction, CliError } from '../context.ts'
import { counted, figure, quoted } from '../printable.ts'
import { createProgress } from '../progress.ts'
import { readUses } from './used-file.ts'

const CHUNK = 500

/** The file is read twice: nothing is entered before all of it is understood. */
export const importUses = async (cli: CliAction, path: string, { yes }: { yes?: true }): Promise<void> => {
  let total = 0
  for await (const _ of readUses(path)) total += 1
  if (total === 0)
    throw new CliError(
      say({ zh: `${quoted(path)} 里没有用过的卡密`, en: `${quoted(path)} holds no used card` }),
    )
  const operator = await cli.openOperator()
  await cli.confirm(
    say({
      zh: `这会登记 ${figure(total)} 张用过的卡密：其中还没有记录的，只有原来的人能再兑换。`,
      en:
        `This enters ${counted(total, 'used card')}: those that are not known as used yet can be redeemed again by their ` +
        'old owners alone.',
    }),
    yes,
  )
  const progress = createProgress({
    ...{
      what: say({ zh: '张用过的卡密', en: 'used cards' }),
      total,
      stream: process.stderr,
      now: () => performance.now(),
    },
  })
  let done = 0
  let opened = 0
  for await (const uses of inChunks(readUses(path))) {
    opened += await operator.cards.remember(uses)
    done += uses.length
    progress.reached(done)
  }
  progress.end()
  await operator.note('cards import', path, { uses: total, opened })
  cli.print({ uses: total, opened, known: total - opened }, () => [
    say({
      zh: `${figure(total)} 张用过的卡密：${figure(opened)} 张现在只有原来的人能再兑换，${figure(total - opened)} 张早有记录`,
      en:
        `${counted(total, 'used card')}: ${opened} can now be redeemed again by their old owners alone, ` +
        `${total - opened} were known`,
    }),
  ])
}

async function* inChunks(uses: AsyncIterable<CardUse>): AsyncGenerator<CardUse[]> {
  let chunk: CardUse[] = []
  for await (const use of uses) {
    chunk.push(use)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
