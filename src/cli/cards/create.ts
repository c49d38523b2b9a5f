import { randomInt } from 'node:crypto'
import { say } from '../../base/say.ts'
import { shanghaiDate } from '../../base/shanghai-day.ts'
import { type CardKeys, isRedeemableOn } from '../../quota/card-key.ts'
import type { CardBatch } from '../../quota/cards.ts'
import { createNewBatch } from '../../quota/new-batch.ts'
import { type CliAction, CliError, type CliOperator, UsageError } from '../context.ts'
import { counted, figure, quoted } from '../printable.ts'
import { createProgress } from '../progress.ts'
import { csvRows, jsonRows, paddedRows, type Row, type RowFormat } from '../rows.ts'
import { fileTarget, stdoutTarget, type Target, writeRows } from '../write-rows.ts'
import { freshBatchName, readBatchName } from './batch-name.ts'

export type CreateOptions = {
  count: number
  calls: number
  days?: number
  batch?: string
  expires?: string
  out?: string
}

/** The batch is entered before its first key is shown: no card is ever out that nobody knows of. */
export const createCards = async (cli: CliAction, options: CreateOptions): Promise<void> => {
  const named = options.batch === undefined ? undefined : readBatchName(options.batch)
  const operator = await cli.openOperator()
  const createdAt = operator.clock.now()
  if (!isRedeemableOn({ redeemBy: options.expires }, createdAt))
    throw new UsageError(
      say({
        zh: `--expires ${options.expires} 已经过去了：请换一个以后的日期`,
        en: `--expires ${options.expires} is past`,
      }),
    )
  const name = named ?? freshBatchName(shanghaiDate(createdAt), operator.ids.refusalCode())
  const target = options.out === undefined ? stdoutTarget() : await fileTarget(options.out)
  const batch = await enter(operator, { ...options, name, createdAt }, target)
  try {
    await writeKeys(operator.cardKeys, batch, target, formatFor(cli, options, batch))
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new CliError(
      say({
        zh: `卡密没有全部写出来（${reason}）：请用 "cards void ${batch.name}" 作废这一批`,
        en: `not all keys were written (${reason}): take the batch back with "cards void ${batch.name}"`,
      }),
    )
  }
  if (options.out === undefined) return
  cli.print({ batch: name, count: batch.cards, file: options.out }, () => [
    say({
      zh: `批次 ${name}：${figure(batch.cards)} 张卡密写进了 ${options.out}；别处都没有这些卡密，请保管好`,
      en: `batch ${name}: ${counted(batch.cards, 'card')} in ${options.out}; the keys are nowhere else`,
    }),
  ])
}

const enter = async (
  operator: CliOperator,
  facts: CreateOptions & { name: string; createdAt: number },
  target: Target,
): Promise<CardBatch> => {
  const { name, createdAt, count, calls, days, expires } = facts
  const newBatch = createNewBatch({ cards: operator.cards, random: (limit) => randomInt(limit) })
  const batch = await newBatch({ name, cards: count, calls, days, redeemBy: expires, createdAt })
  if (batch) {
    await operator.note('cards create', name, { batch: batch.batch, cards: count, calls, days, expires })
    return batch
  }
  await target.discard()
  throw new CliError(
    say({
      zh: `已经有批次 ${quoted(name)} 了：请换一个名字`,
      en: `there is a batch ${quoted(name)} already: choose another name`,
    }),
  )
}

const writeKeys = async (cardKeys: CardKeys, batch: CardBatch, target: Target, format: RowFormat) => {
  const progress = createProgress({
    ...{
      what: say({ zh: '张卡密', en: 'cards' }),
      total: batch.cards,
      stream: process.stderr,
      now: () => performance.now(),
    },
  })
  await writeRows(cardsOf(cardKeys, batch), { format, target, reached: progress.reached })
  progress.end()
}

function* cardsOf(cardKeys: CardKeys, { batch, cards, calls, days, redeemBy }: CardBatch): Generator<Row> {
  for (let serial = 1; serial <= cards; serial += 1) {
    const key = cardKeys.seal({ batch, serial, calls, days, redeemBy })
    yield { key, serial, calls, days: days ?? null, expires: redeemBy ?? null }
  }
}

const CSV_COLUMNS = ['serial', 'key', 'calls', 'days', 'expires'] as const
const COLUMN_TITLES = {
  serial: { zh: '序号', en: 'serial' },
  key: { zh: '卡密', en: 'key' },
  calls: { zh: '次数', en: 'calls' },
  days: { zh: '天数', en: 'days' },
  expires: { zh: '最晚兑换', en: 'expires' },
}
/** 48 characters in eight groups. */
const KEY_WIDTH = 55
const FIGURE_WIDTH = 8

const formatFor = (cli: CliAction, { out }: CreateOptions, { name, cards }: CardBatch): RowFormat => {
  if (out !== undefined) return csvRows(CSV_COLUMNS)
  if (cli.json) return jsonRows({ batch: name }, 'cards')
  const serialWidth = Math.max('serial'.length, String(cards).length)
  const { key, calls, days, expires, serial } = COLUMN_TITLES
  const { start, ...rows } = paddedRows([
    { name: 'serial', title: say(serial), width: serialWidth },
    { name: 'key', title: say(key), width: KEY_WIDTH },
    { name: 'calls', title: say(calls), width: FIGURE_WIDTH },
    { name: 'days', title: say(days), width: FIGURE_WIDTH },
    { name: 'expires', title: say(expires), width: FIGURE_WIDTH },
  ])
  return { ...rows, start: `${say({ zh: '批次', en: 'batch' })} ${name}\n${start}` }
}
