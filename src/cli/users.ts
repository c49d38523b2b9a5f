import type { Command } from 'commander'
import { say } from '../base/say.ts'
import { CARD_LIMITS } from '../quota/card-layout.ts'
import { lineOfText, wholeNumber } from './arguments.ts'
import { type CliContext, WITHOUT_ASKING } from './context.ts'

const USER = { zh: '用户编号（usr_…）或 OpenID', en: 'a user id (usr_…) or an OpenID' }
const MAX_LISTED = 10_000
const MAX_REASON_CHARS = 120

export const addUsers = (program: Command, { load }: CliContext): void => {
  const users = program
    .command('users')
    .description(say({ zh: '谁在提问，还有多少次数', en: 'who asks, and what they may spend' }))

  users
    .command('list')
    .description(say({ zh: '最新的在前，OpenID 打码', en: 'newest first, OpenIDs masked' }))
    .option(
      '--limit <n>',
      say({ zh: '最多列出多少个', en: 'how many at most' }),
      wholeNumber(1, MAX_LISTED),
      50,
    )
    .option(
      '--after <id>',
      say({
        zh: '从这个用户编号之后接着列，填上一页的最后一个',
        en: 'goes on after this user id, the last of the list before',
      }),
    )
    .action(load(async () => (await import('./users/list.ts')).listUsers))

  users
    .command('show')
    .argument('<user>', say(USER))
    .description(
      say({
        zh: '一个用户的全部情况：次数、自己的 API Key、最近的账目',
        en: 'everything about a user: balance, own key, last entries of the ledger',
      }),
    )
    .action(load(async () => (await import('./users/show.ts')).showUser))

  users
    .command('grant')
    .argument('<user>', say(USER))
    .requiredOption(
      '--calls <n>',
      say({ zh: '多少次；负数表示收回剩下的', en: 'how many; a negative number takes back what is left' }),
      wholeNumber(-CARD_LIMITS.calls, CARD_LIMITS.calls),
    )
    .option(
      '--days <n>',
      say({ zh: '多少天内有效；不写就一直有效', en: 'for how long; without: for ever' }),
      wholeNumber(1, CARD_LIMITS.days),
    )
    .option(
      '--reason <text>',
      say({ zh: '原因，记在账本里', en: 'for the ledger' }),
      lineOfText(MAX_REASON_CHARS),
    )
    .description(say({ zh: '给用户次数，或者收回', en: 'gives calls, or takes them back' }))
    .action(load(async () => (await import('./users/grant.ts')).grantCalls))

  users
    .command('block')
    .argument('<user>', say(USER))
    .description(say({ zh: '不再接受这个用户的提问', en: 'takes no questions of theirs any more' }))
    .action(load(async () => (await import('./users/block.ts')).blockUser))

  users
    .command('unblock')
    .argument('<user>', say(USER))
    .description(say({ zh: '重新接受这个用户的提问', en: 'takes their questions again' }))
    .action(load(async () => (await import('./users/block.ts')).unblockUser))

  users
    .command('erase')
    .argument('<user>', say(USER))
    .option('--yes', say(WITHOUT_ASKING))
    .description(
      say({
        zh: '删除一个用户：对话、自己的 API Key、次数；账本里的数字保留',
        en: 'forgets a user: conversations, own key, calls; the figures of the ledger stay',
      }),
    )
    .action(load(async () => (await import('./users/erase.ts')).eraseUser))
}
