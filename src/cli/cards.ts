import type { Command } from 'commander'
import { CARD_LIMITS } from '../quota/card-layout.ts'
import { cardDate, wholeNumber } from './arguments.ts'
import type { CliContext } from './context.ts'

/** Of the serials that fit into a key, as many as are easily said. */
const MAX_CARDS = 1_000_000

/** What each command does is in a file of its own, loaded when it is called. */
export const addCards = (program: Command, { load }: CliContext): void => {
  const cards = program.command('cards').description('card keys: make, look up, take back, redeem, keep')

  cards
    .command('create')
    .description('makes a batch of cards; their keys are shown this once')
    .requiredOption('--count <n>', 'how many cards', wholeNumber(1, MAX_CARDS))
    .requiredOption('--calls <n>', 'calls that each card is good for', wholeNumber(1, CARD_LIMITS.calls))
    .option(
      '--days <n>',
      'how long the calls last once redeemed; without: for ever',
      wholeNumber(1, CARD_LIMITS.days),
    )
    .option('--batch <name>', 'a name of your own for the batch')
    .option('--expires <date>', 'YYYY-MM-DD, the last day in Shanghai on which a card is taken', cardDate)
    .option('--out <file>', 'a new file for them, as CSV, that its owner alone can read')
    .action(load(async () => (await import('./cards/create.ts')).createCards))

  cards
    .command('list')
    .description('the batches, and how many of their cards are used and void')
    .action(load(async () => (await import('./cards/list.ts')).listBatches))

  cards
    .command('show')
    .argument('<key>', 'a card key, or BATCH/SERIAL')
    .description('what a card is, and whether it is used')
    .action(load(async () => (await import('./cards/show.ts')).showCard))

  cards
    .command('void')
    .argument('<key-or-batch>', 'a card key, BATCH/SERIAL, or the name or number of a batch')
    .option('--yes', 'do it without asking')
    .description('takes back a card, or all unused cards of a batch; this cannot be undone')
    .action(load(async () => (await import('./cards/void.ts')).voidCards))

  cards
    .command('export')
    .argument('[batch]', 'name or number of a batch')
    .option('--used', 'the used cards of all batches instead: what `cards import` wants after a restore')
    .option('--out <file>', 'a new file for it that its owner alone can read')
    .description('the state of the cards of a batch as CSV, without their keys')
    .action(load(async () => (await import('./cards/export.ts')).exportCards))

  cards
    .command('import')
    .argument('<file>', 'what `cards export --used` wrote')
    .option('--yes', 'do it without asking')
    .description('after a restore: what was used before can be redeemed again, by its old owner alone')
    .action(load(async () => (await import('./cards/import.ts')).importUses))

  cards
    .command('verify')
    .argument('<key>', 'a card key')
    .description('whether a key is genuine, and what it says; needs the secret alone, no database')
    .action(load(async () => (await import('./cards/verify.ts')).verifyCard))

  cards
    .command('redeem')
    .argument('<key>', 'a card key')
    .requiredOption('--user <user>', 'a user id (usr_…) or an OpenID')
    .description('redeems a card for a user')
    .action(load(async () => (await import('./cards/redeem.ts')).redeemCard))
}
