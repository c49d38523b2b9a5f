import type { Command } from 'commander'
import { say } from '../base/say.ts'
import { CARD_LIMITS } from '../quota/card-layout.ts'
import { cardDate, wholeNumber } from './arguments.ts'
import { type CliContext, WITHOUT_ASKING } from './context.ts'

/** Of the serials that fit into a key, as many as are easily said. */
const MAX_CARDS = 1_000_000

/** What each command does is in a file of its own, loaded when it is called. */
export const addCards = (program: Command, { load }: CliContext): void => {
  const cards = program.command('cards').description(
    say({
      zh: '卡密：制作、查询、作废、兑换、留存',
      en: 'card keys: make, look up, take back, redeem, keep',
    }),
  )

  cards
    .command('create')
    .description(
      say({
        zh: '制作一批卡密；卡密只显示这一次',
        en: 'makes a batch of cards; their keys are shown this once',
      }),
    )
    .requiredOption('--count <n>', say({ zh: '多少张', en: 'how many cards' }), wholeNumber(1, MAX_CARDS))
    .requiredOption(
      '--calls <n>',
      say({ zh: '每张多少次', en: 'calls that each card is good for' }),
      wholeNumber(1, CARD_LIMITS.calls),
    )
    .option(
      '--days <n>',
      say({
        zh: '兑换后多少天内有效；不写就一直有效',
        en: 'how long the calls last once redeemed; without: for ever',
      }),
      wholeNumber(1, CARD_LIMITS.days),
    )
    .option('--batch <name>', say({ zh: '给这一批起个名字', en: 'a name of your own for the batch' }))
    .option(
      '--expires <date>',
      say({
        zh: 'YYYY-MM-DD，最晚兑换的日期（北京时间）',
        en: 'YYYY-MM-DD, the last day in Shanghai on which a card is taken',
      }),
      cardDate,
    )
    .option(
      '--out <file>',
      say({
        zh: '写进一个新文件（CSV），只有你自己能读',
        en: 'a new file for them, as CSV, that its owner alone can read',
      }),
    )
    .action(load(async () => (await import('./cards/create.ts')).createCards))

  cards
    .command('list')
    .description(
      say({
        zh: '各批卡密，用了多少、作废多少',
        en: 'the batches, and how many of their cards are used and void',
      }),
    )
    .action(load(async () => (await import('./cards/list.ts')).listBatches))

  cards
    .command('show')
    .argument('<key>', say({ zh: '卡密，或者 批次/序号', en: 'a card key, or BATCH/SERIAL' }))
    .description(say({ zh: '一张卡密的内容，用过没有', en: 'what a card is, and whether it is used' }))
    .action(load(async () => (await import('./cards/show.ts')).showCard))

  cards
    .command('void')
    .argument(
      '<key-or-batch>',
      say({
        zh: '卡密、批次/序号，或者批次的名字或编号',
        en: 'a card key, BATCH/SERIAL, or the name or number of a batch',
      }),
    )
    .option('--yes', say(WITHOUT_ASKING))
    .description(
      say({
        zh: '作废一张卡密，或者一批里没用过的全部卡密；不能撤销',
        en: 'takes back a card, or all unused cards of a batch; this cannot be undone',
      }),
    )
    .action(load(async () => (await import('./cards/void.ts')).voidCards))

  cards
    .command('export')
    .argument('[batch]', say({ zh: '批次的名字或编号', en: 'name or number of a batch' }))
    .option(
      '--used',
      say({
        zh: '改为导出所有批次里用过的卡密：恢复备份后 `cards import` 要用',
        en: 'the used cards of all batches instead: what `cards import` wants after a restore',
      }),
    )
    .option(
      '--out <file>',
      say({ zh: '写进一个新文件，只有你自己能读', en: 'a new file for it that its owner alone can read' }),
    )
    .description(
      say({
        zh: '一批卡密的状态，CSV 格式，不含卡密本身',
        en: 'the state of the cards of a batch as CSV, without their keys',
      }),
    )
    .action(load(async () => (await import('./cards/export.ts')).exportCards))

  cards
    .command('import')
    .argument(
      '<file>',
      say({ zh: '`cards export --used` 写出的文件', en: 'what `cards export --used` wrote' }),
    )
    .option('--yes', say(WITHOUT_ASKING))
    .description(
      say({
        zh: '恢复备份后用：以前用过的卡密，只有原来的人能再兑换一次',
        en: 'after a restore: what was used before can be redeemed again, by its old owner alone',
      }),
    )
    .action(load(async () => (await import('./cards/import.ts')).importUses))

  cards
    .command('verify')
    .argument('<key>', say({ zh: '卡密', en: 'a card key' }))
    .description(
      say({
        zh: '卡密是真是假、写着什么；只需要密钥，不需要数据库',
        en: 'whether a key is genuine, and what it says; needs the secret alone, no database',
      }),
    )
    .action(load(async () => (await import('./cards/verify.ts')).verifyCard))

  cards
    .command('redeem')
    .argument('<key>', say({ zh: '卡密', en: 'a card key' }))
    .requiredOption(
      '--user <user>',
      say({ zh: '用户编号（usr_…）或 OpenID', en: 'a user id (usr_…) or an OpenID' }),
    )
    .description(say({ zh: '替用户兑换一张卡密', en: 'redeems a card for a user' }))
    .action(load(async () => (await import('./cards/redeem.ts')).redeemCard))
}
