import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { type ConfigResult, readConfig } from '../base/config.ts'
import { openSchema } from '../wiring/schema.ts'

/** An expected end of a command: one line of why, exit 1. */
export class CliError extends Error {}

type Schema = ReturnType<typeof openSchema>

export type CliAction = {
  options: { [name: string]: unknown }
  /** Opened on demand, closed when the command is done. */
  openSchema(): Promise<Schema>
  /** One JSON document with `--json`, else lines. */
  print(document: object, lines: () => string[]): void
  /** @throws CliError unless the operator agrees, or `agreed` says so already */
  confirm(warning: string, agreed: boolean): Promise<void>
}

export type CliContext = {
  /** Wraps what a command does: settings read, result printed, everything closed. */
  run(work: (action: CliAction) => Promise<void>): (...args: unknown[]) => Promise<void>
  /** For a command that judges the settings itself, and everything else. `work` gives the exit code. */
  judge(
    work: (action: Pick<CliAction, 'print'> & { read: ConfigResult }) => Promise<number>,
  ): () => Promise<void>
}

export const createCliContext = (program: Command): CliContext => {
  const print: CliAction['print'] = (document, lines) => {
    console.log(program.opts().json ? JSON.stringify(document, null, 2) : lines().join('\n'))
  }
  return {
    run:
      (work) =>
      async (...args) => {
        // commander hands over the command last and its options before that.
        const options = args.at(-2)
        const read = readConfig(process.env)
        if (!read.ok) throw new CliError(read.problems.join('\n'))
        const closings: (() => Promise<void>)[] = []
        try {
          await work({
            options: typeof options === 'object' && options !== null ? { ...options } : {},
            async openSchema() {
              const schema = openSchema(read.config)
              closings.push(schema.close)
              return schema
            },
            print,
            confirm,
          })
        } finally {
          for (const close of closings) await close()
        }
      },
    judge: (work) => async () => {
      const exitCode = await work({ read: readConfig(process.env), print })
      // What did not answer may still be waited for: the verdict is out, nobody has to wait with it.
      process.stdout.write('', () => process.exit(exitCode))
    },
  }
}

const confirm = async (warning: string, agreed: boolean): Promise<void> => {
  if (agreed) return
  if (!process.stdin.isTTY) throw new CliError(`${warning} Add --yes to do it.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${warning} Go on? [y/N] `)
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Nothing was changed.')
}
