import { say } from '../../base/say.ts'
import { CARD_LIMITS } from '../../quota/card-layout.ts'
import type { CardBatch } from '../../quota/cards.ts'
import { CliError, type CliOperator } from '../context.ts'
import { counted, figure, quoted } from '../printable.ts'

/** A card as far as it is known: from its key everything, from BATCH/SERIAL what its batch says. */
export type FoundCard = {
  batch: number
  serial: number
  /** Of the batch; undefined: this database does not know it. */
  name: string | undefined
  calls: number | undefined
  days: number | undefined
  redeemBy: string | undefined
}

/** Longer is no name. */
const MAX_NAME_CHARS = 100

export const findBatch = async (operator: CliOperator, name: string): Promise<CardBatch | undefined> =>
  name.length > MAX_NAME_CHARS ? undefined : operator.cards.findBatch(name.normalize('NFC'))

/** By BATCH/SERIAL, or by its key. Throws CliError for what is neither, and for a forged key. */
export const findCard = async (operator: CliOperator, text: string): Promise<FoundCard> => {
  const place = /^(.+)\/(\d{1,7})$/s.exec(text)
  if (place) return cardAt(operator, place[1] ?? '', Number(place[2]))
  const opened = operator.cardKeys.open(text)
  if (!opened.ok) throw new CliError(say(NO_KEY[opened.reason]))
  const { card } = opened
  return { ...card, name: (await operator.cards.findBatch(String(card.batch)))?.name }
}

export const NO_KEY = {
  malformed: {
    zh: '这不是卡密：卡密有 48 个字母和数字，6 个一组，共 8 组',
    en: 'this is no card key: one has 48 letters and digits, in eight groups of six',
  },
  forged: {
    zh: '这个卡密是伪造的或者输错了：它不是用这里的密钥封装的',
    en: 'this key is forged or mistyped: the secret of this installation did not seal it',
  },
} as const

export const noBatch = (name: string): string =>
  say({
    zh: `没有批次 ${quoted(name)}："cards list" 列出所有批次`,
    en: `there is no batch ${quoted(name)}: "cards list" shows all`,
  })

const cardAt = async (operator: CliOperator, batchText: string, serial: number): Promise<FoundCard> => {
  const batch = await findBatch(operator, batchText)
  if (batch) {
    if (serial < 1 || serial > batch.cards)
      throw new CliError(
        say({
          zh: `批次 ${batch.name} 有 ${figure(batch.cards)} 张卡密，没有序号 ${serial}`,
          en: `batch ${batch.name} has ${counted(batch.cards, 'card')}, and none of serial ${serial}`,
        }),
      )
    return { ...batch, serial }
  }
  const number = /^\d{1,10}$/.test(batchText) ? Number(batchText) : Number.NaN
  if (!(number <= CARD_LIMITS.batch && serial <= CARD_LIMITS.serial)) throw new CliError(noBatch(batchText))
  return { batch: number, serial, name: undefined, calls: undefined, days: undefined, redeemBy: undefined }
}

/** `spring/12`; of a batch that is not known here, its number. */
export const placeOf = ({ name, batch, serial }: Pick<FoundCard, 'name' | 'batch' | 'serial'>): string =>
  `${name ?? batch}/${serial}`
