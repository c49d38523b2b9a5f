import { Command, CommanderError } from 'commander'
import { createCliContext } from './context.ts'
import { addDoctor } from './doctor.ts'
import { addMigrate } from './migrate.ts'

const program = new Command('yingda')
  .description("The operator's command line of Yingda (应答)")
  .option('--json', 'one JSON document on stdout')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()

const context = createCliContext(program)
addDoctor(program, context)
addMigrate(program, context)
// Every command takes --json, before or after its own name.
for (const group of program.commands)
  for (const command of [group, ...group.commands])
    command
      .option('--json', 'one JSON document on stdout', () => program.setOptionValue('json', true))
      .exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    console.error(`yingda: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
