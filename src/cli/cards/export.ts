import { say } from '../../base/say.ts'
import type { CardBatch, CardId, Cards, CardUse } from '../../quota/cards.ts'
import { type CliAction, CliError, type CliOperator, UsageError } from '../context.ts'
import { counted, figure } from '../printable.ts'
import { createProgress } from '../progress.ts'
import { csvRows, jsonRows, type Row, type RowFormat } from '../rows.ts'
import { isoTime } from '../when.ts'
import { fileTarget, stdoutTarget, writeRows } from '../write-rows.ts'
import { findBatch, noBatch } from './find-card.ts'
import { stateOf } from './show.ts'
import { USED_COLUMNS } from './used-file.ts'

type Options = { used?: true; out?: string }

type Export = { rows: AsyncIterable<Row>; total: number; columns: readonly string[]; json: RowFormat }

const COLUMNS = ['serial', 'calls', 'days', 'expires', 'state', 'used_at', 'user'] as const
const PAGE = 1000

export const exportCards = async (
  cli: CliAction,
  batch: string | undefined,
  options: Options,
): Promise<void> => {
  if ((batch === undefined) === (options.used === undefined))
    throw new UsageError(
      say({
        zh: '请写明一个批次，或者用 --used 导出所有批次里用过的卡密',
        en: 'name a batch, or say --used for the used cards of all batches',
      }),
    )
  const operator = await cli.openOperator()
  const { rows, total, columns, json } =
    batch === undefined ? await usedCards(operator) : await cardsOf(operator, batch)
  const target = options.out === undefined ? stdoutTarget() : await fileTarget(options.out)
  const progress = createProgress({
    ...{
      what: say({ zh: '张卡密', en: 'cards' }),
      total,
      stream: process.stderr,
      now: () => performance.now(),
    },
  })
  const format = cli.json && options.out === undefined ? json : csvRows(columns)
  const count = await writeRows(rows, { format, target, reached: progress.reached })
  progress.end()
  if (options.out !== undefined)
    cli.print({ count, file: options.out }, () => [
      say({
        zh: `${figure(count)} 张卡密写进了 ${options.out}`,
        en: `${counted(count, 'card')} in ${options.out}`,
      }),
    ])
}

const cardsOf = async (operator: CliOperator, name: string): Promise<Export> => {
  const batch = await findBatch(operator, name)
  if (!batch) throw new CliError(noBatch(name))
  return {
    ...{ rows: rowsOf(operator.cards, batch), total: batch.cards, columns: COLUMNS },
    json: jsonRows({ batch: batch.name }, 'cards'),
  }
}

async function* rowsOf(cards: Cards, batch: CardBatch): AsyncGenerator<Row> {
  const voids = new Map((await cards.voids(batch.batch)).map(({ serial, voidedAt }) => [serial, voidedAt]))
  const uses = usesOf(cards, batch.batch)
  let use = (await uses.next()).value
  for (let serial = 1; serial <= batch.cards; serial += 1) {
    while (use && use.serial < serial) use = (await uses.next()).value
    const own = use?.serial === serial ? use : undefined
    yield {
      ...{ serial, calls: batch.calls, days: batch.days ?? null, expires: batch.redeemBy ?? null },
      state: stateOf({ use: own, voidedAt: voids.get(serial) ?? batch.voidedAt }),
      ...{ used_at: isoTime(own?.redeemedAt), user: own?.userId ?? null },
    }
  }
}

const usedCards = async (operator: CliOperator): Promise<Export> => {
  const total = (await operator.cards.batches()).reduce((sum, { used }) => sum + used, 0)
  return { rows: usedRows(operator.cards), total, columns: USED_COLUMNS, json: jsonRows({}, 'cards') }
}

async function* usedRows(cards: Cards): AsyncGenerator<Row> {
  for await (const { batch, serial, personHash, redeemedAt } of usesOf(cards))
    yield { batch, serial, person_hash: personHash, redeemed_at: isoTime(redeemedAt) }
}

/** All uses in the order of their numbers, of one batch or of all, a page at a time. */
async function* usesOf(cards: Cards, batch?: number): AsyncGenerator<CardUse, undefined> {
  let after: CardId | undefined
  for (;;) {
    const page = await cards.uses({
      ...(batch === undefined ? {} : { batch }),
      ...(after ? { after } : {}),
      limit: PAGE,
    })
    yield* page
    after = page.at(-1)
    if (page.length < PAGE) return undefined
  }
}
