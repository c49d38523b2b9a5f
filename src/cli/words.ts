import type { Command } from 'commander'
import type { CliContext } from './context.ts'

export const addWords = (program: Command, { load }: CliContext): void => {
  const words = program.command('words').description('the list of sensitive words')

  words
    .command('test')
    .argument('<text>', 'what a user might ask, or a model answer')
    .description('what the list makes of a text, and by which line; exit 0 whatever it is')
    .action(load(async () => (await import('./words/test.ts')).testWords))
}
