import { createReadStream } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'
import { CARD_LIMITS } from '../../quota/card-layout.ts'
import type { CardUse } from '../../quota/cards.ts'
import { CliError } from '../context.ts'
import { quoted } from '../printable.ts'

/** What has to be kept outside the database: who used which card, as a keyed hash. */
export const USED_COLUMNS = ['batch', 'serial', 'person_hash', 'redeemed_at'] as const

const HEADER = USED_COLUMNS.join(',')
const LINE = /^(\d{1,10}),(\d{1,7}),([A-Za-z0-9_-]{43}),(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/
/** No line that was written is longer. */
const MAX_LINE_CHARS = 200

/** Every use in the file, in its order. Throws CliError with the number of the first line that is none. */
export async function* readUses(path: string): AsyncGenerator<CardUse> {
  let number = 0
  for await (const line of readLines(path)) {
    number += 1
    if (number === 1) {
      if (line.replace(/^\uFEFF/, '') !== HEADER)
        throw new CliError(
          say({
            zh: `${quoted(path)} 不是 "cards export --used" 写出的文件：那样的文件以 ${HEADER} 开头`,
            en: `${quoted(path)} is nothing that "cards export --used" wrote: that begins with ${HEADER}`,
          }),
        )
    } else if (line !== '') yield readUse(line, number)
  }
  if (number === 0) throw new CliError(say({ zh: `${quoted(path)} 是空的`, en: `${quoted(path)} is empty` }))
}

const readUse = (line: string, number: number): CardUse => {
  const [, batch = '', serial = '', personHash = '', time = ''] = LINE.exec(line) ?? []
  const use = {
    ...{ batch: Number(batch), serial: Number(serial), personHash },
    ...{ userId: undefined, redeemedAt: Date.parse(time) },
  }
  const fits = use.batch <= CARD_LIMITS.batch && use.serial <= CARD_LIMITS.serial && use.redeemedAt > 0
  if (personHash !== '' && fits) return use
  throw new CliError(
    say({
      zh: `第 ${number} 行不是批次、序号、用户哈希和时间；什么都没有改`,
      en: `line ${number} is not batch, serial, person hash and time; nothing was changed`,
    }),
  )
}

/** Without their ends; a file without any is not read into memory whole. */
async function* readLines(path: string): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, 'utf8')) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line.replace(/\r$/, '')
      if (rest.length > MAX_LINE_CHARS)
        throw new CliError(
          say({
            zh: `${quoted(path)} 不是 CSV 文件：有一行没有尽头`,
            en: `${quoted(path)} is no CSV file: a line never ends`,
          }),
        )
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(
      say({
        zh: `${quoted(path)} 读不了（${errorCode(error)}）：请检查路径和权限`,
        en: `${quoted(path)} cannot be read (${errorCode(error)}): check the path and its permissions`,
      }),
    )
  }
  if (rest !== '') yield rest
}
