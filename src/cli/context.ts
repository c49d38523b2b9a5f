import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { type Config, type ConfigResult, type Env, readConfig } from '../base/config.ts'
import { say } from '../base/say.ts'
import type { AuditEntry } from '../operator/audit.ts'
import type { Operator } from '../wiring/open-operator.ts'
import type { openSchema } from '../wiring/schema.ts'
import { actor } from './actor.ts'

/** Of the option `--yes`. */
export const WITHOUT_ASKING = { zh: '不再询问，直接做', en: 'do it without asking' }

/** An expected end of a command: one line of why, exit 1. */
export class CliError extends Error {}

/** The command was called in a way that has no meaning: one line of why, exit 2. */
export class UsageError extends Error {}

type Schema = ReturnType<typeof openSchema>

export type CliOperator = Operator & {
  /** Into the audit, in the name of whoever runs this program. */
  note(act: string, subject: string, details?: AuditEntry['details']): Promise<void>
}

export type CliAction = {
  config: Config
  /** One JSON document is wanted. */
  json: boolean
  /** Opened on demand, closed when the command is done. */
  openSchema(): Promise<Schema>
  openOperator(): Promise<CliOperator>
  /** One JSON document with `--json`, else lines. */
  print(document: object, lines: () => string[]): void
  /** @throws CliError unless the operator agrees, or `agreed` says so already */
  confirm(warning: string, agreed: boolean | undefined): Promise<void>
}

/** What a command does. It is given what commander gives: the arguments, then the options. */
export type Work<Args extends unknown[]> = (action: CliAction, ...args: Args) => Promise<void>

export type CliContext = {
  /** As this program was given it, unjudged. */
  env: Env
  /** Wraps what a command does: settings read, result printed, everything closed. */
  run<Args extends unknown[]>(work: Work<Args>): (...args: Args) => Promise<void>
  /** The same for what is loaded when it is called. */
  load<Args extends unknown[]>(loadWork: () => Promise<Work<Args>>): (...args: Args) => Promise<void>
  /** For a command that judges the settings itself, and everything else. `work` gives the exit code. */
  judge(
    work: (action: Pick<CliAction, 'print'> & { read: ConfigResult }) => Promise<number>,
  ): () => Promise<void>
}

export const createCliContext = (program: Command): CliContext => {
  const wantsJson = () => program.opts().json === true
  const print: CliAction['print'] = (document, lines) => {
    console.log(wantsJson() ? JSON.stringify(document, null, 2) : lines().join('\n'))
  }
  const load: CliContext['load'] =
    (loadWork) =>
    async (...args) => {
      const read = readConfig(process.env)
      if (!read.ok) throw new CliError(read.problems.join(say({ zh: '；', en: '; ' })))
      const { config } = read
      const closings: (() => Promise<void>)[] = []
      const action: CliAction = {
        ...{ config, json: wantsJson(), print, confirm },
        async openSchema() {
          const { openSchema } = await import('../wiring/schema.ts')
          const schema = openSchema(config)
          closings.push(schema.close)
          return schema
        },
        async openOperator() {
          const { openOperator } = await import('../wiring/open-operator.ts')
          const operator = await openOperator(config)
          closings.push(operator.close)
          return { ...operator, note: noteOf(operator) }
        },
      }
      try {
        await (await loadWork())(action, ...args)
      } finally {
        for (const close of closings) await close()
      }
    }
  return {
    env: process.env,
    load,
    run: (work) => load(async () => work),
    judge: (work) => async () => {
      const exitCode = await work({ read: readConfig(process.env), print })
      // What did not answer may still be waited for: the verdict is out, nobody has to wait with it.
      process.stdout.write('', () => process.exit(exitCode))
    },
  }
}

const MAX_SUBJECT_CHARS = 120

const noteOf =
  ({ audit, clock }: Operator): CliOperator['note'] =>
  (act, subject, details = {}) =>
    audit.note({
      ...{ at: clock.now(), actor: actor(), act, details },
      subject: subject.slice(0, MAX_SUBJECT_CHARS),
    })

const confirm: CliAction['confirm'] = async (warning, agreed) => {
  if (agreed) return
  if (!process.stdin.isTTY)
    throw new CliError(`${warning}${say({ zh: '确定要做的话，请加上 --yes。', en: ' Add --yes to do it.' })}`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // An input that ends without an answer has answered.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([
    terminal.question(`${warning}${say({ zh: '继续吗？[y/N] ', en: ' Go on? [y/N] ' })}`),
    ended,
  ])
  terminal.close()
  if (!/^(y(es)?|是)$/i.test(answer.trim()))
    throw new CliError(say({ zh: '什么都没有改。', en: 'Nothing was changed.' }))
}
