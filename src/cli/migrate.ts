import type { Command } from 'commander'
import type { CliContext } from './context.ts'

export const addMigrate = (program: Command, { run }: CliContext): void => {
  const migrate = program
    .command('migrate')
    .description("the database's schema; `npm start` runs `up` by itself")

  migrate
    .command('status', { isDefault: true })
    .description('which migrations have run, which are still to come')
    .action(
      run(async ({ openSchema, print }) => {
        const schema = await openSchema()
        const { applied, pending, unknown } = await schema.status()
        print({ applied, pending, unknown }, () => [
          ...applied.map((name) => `${unknown.includes(name) ? 'unknown' : 'applied'}  ${name}`),
          ...pending.map((name) => `pending  ${name}`),
        ])
      }),
    )

  migrate
    .command('up')
    .description('runs what is still to come')
    .action(
      run(async ({ openSchema, print }) => {
        const { applied } = await (await openSchema()).up()
        print({ applied }, () =>
          applied.length > 0 ? applied.map((name) => `applied  ${name}`) : ['nothing to do'],
        )
      }),
    )

  migrate
    .command('down')
    .description('takes the last step back, WITH THE DATA it holds; make a backup first')
    .option('--yes', 'do it without asking')
    .action(
      run(async ({ openSchema, print, confirm }, { yes }: { yes?: true }) => {
        await confirm('This deletes the tables of the last step with all their data.', yes)
        const { undone } = await (await openSchema()).down()
        print({ undone }, () =>
          undone.length > 0 ? undone.map((name) => `undone  ${name}`) : ['nothing to undo'],
        )
      }),
    )
}
