import { Command, CommanderError } from 'commander'
import { buildLine, readBuild } from '../base/build.ts'
import { say } from '../base/say.ts'
import { addAudit } from './audit.ts'
import { addBackup, addTransfer } from './backup.ts'
import { addCards } from './cards.ts'
import { AS_JSON, mistakeOf, speakCommander } from './commander-words.ts'
import { createCliContext, UsageError } from './context.ts'
import { addDoctor } from './doctor.ts'
import { addExamples } from './examples.ts'
import { addHealth } from './health.ts'
import { addInit } from './init.ts'
import { addLedger } from './ledger.ts'
import { addMigrate } from './migrate.ts'
import { oneLine, reasonOf } from './reason.ts'
import { addUsage } from './usage.ts'
import { addUsers } from './users.ts'
import { addWhy } from './why.ts'
import { addWords } from './words.ts'

/** Every command, in the operator's language. */
export const createProgram = (): Command => {
  const build = readBuild()
  const versionText = process.argv.includes('--json')
    ? JSON.stringify({ version: build.version, commit: build.commit ?? null }, null, 2)
    : buildLine(build)

  const program = speakCommander(new Command('yingda'))
    .description(say({ zh: '应答的运营命令行', en: "The operator's command line of Yingda" }))
    .option('--json', say(AS_JSON))
    .version(versionText, '--version', say({ zh: '显示版本', en: 'output the version number' }))
    // What was typed comes back in the message: it may be long, and hold what a terminal obeys.
    .configureOutput({ outputError: (text, write) => write(`${oneLine(mistakeOf(text))}\n`) })
    .exitOverride()

  const context = createCliContext(program)
  const all = [
    addDoctor,
    addHealth,
    addInit,
    addMigrate,
    addCards,
    addUsers,
    addUsage,
    addLedger,
    addWhy,
    addWords,
    addAudit,
    addBackup,
    addTransfer,
  ]
  for (const add of all) add(program, context)
  // Every command takes --json, before or after its own name.
  for (const group of program.commands)
    for (const command of [group, ...group.commands])
      command.option('--json', say(AS_JSON), () => program.setOptionValue('json', true)).exitOverride()

  addExamples(program)
  return program
}

/** One command, as process.argv names it: prints, and sets the exit code. */
export const runProgram = async (): Promise<void> => {
  // Whoever reads the output may have had enough of it: no reason for a stack trace.
  process.stdout.on('error', () => {
    process.exitCode = 1
  })

  try {
    await createProgram().parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      console.error(`yingda: ${reasonOf(error)}`)
      process.exitCode = error instanceof UsageError ? 2 : 1
    }
  }
}
