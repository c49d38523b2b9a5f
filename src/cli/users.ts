import type { Command } from 'commander'
import { CARD_LIMITS } from '../quota/card-layout.ts'
import { lineOfText, wholeNumber } from './arguments.ts'
import type { CliContext } from './context.ts'

const USER = ['<user>', 'a user id (usr_…) or an OpenID'] as const
const MAX_LISTED = 10_000
const MAX_REASON_CHARS = 120

export const addUsers = (program: Command, { load }: CliContext): void => {
  const users = program.command('users').description('who asks, and what they may spend')

  users
    .command('list')
    .description('newest first, OpenIDs masked')
    .option('--limit <n>', 'how many at most', wholeNumber(1, MAX_LISTED), 50)
    .option('--after <id>', 'goes on after this user id, the last of the list before')
    .action(load(async () => (await import('./users/list.ts')).listUsers))

  users
    .command('show')
    .argument(...USER)
    .description('everything about a user: balance, own key, last entries of the ledger')
    .action(load(async () => (await import('./users/show.ts')).showUser))

  users
    .command('grant')
    .argument(...USER)
    .requiredOption(
      '--calls <n>',
      'how many; a negative number takes back what is left',
      wholeNumber(-CARD_LIMITS.calls, CARD_LIMITS.calls),
    )
    .option('--days <n>', 'for how long; without: for ever', wholeNumber(1, CARD_LIMITS.days))
    .option('--reason <text>', 'for the ledger', lineOfText(MAX_REASON_CHARS))
    .description('gives calls, or takes them back')
    .action(load(async () => (await import('./users/grant.ts')).grantCalls))

  users
    .command('block')
    .argument(...USER)
    .description('takes no questions of theirs any more')
    .action(load(async () => (await import('./users/block.ts')).blockUser))

  users
    .command('unblock')
    .argument(...USER)
    .description('takes their questions again')
    .action(load(async () => (await import('./users/block.ts')).unblockUser))

  users
    .command('erase')
    .argument(...USER)
    .option('--yes', 'do it without asking')
    .description('forgets a user: conversations, own key, calls; the figures of the ledger stay')
    .action(load(async () => (await import('./users/erase.ts')).eraseUser))
}
