import type { Command } from 'commander'
import { type CliAction, type CliContext, CliError } from './context.ts'
import { quoted } from './printable.ts'
import { facts } from './table.ts'
import { isoTime, localTime } from './when.ts'
import { explainFailure, explainRefusal } from './why/explain.ts'

export const addWhy = (program: Command, { run }: CliContext): void => {
  program
    .command('why')
    .argument('<code>', 'the eight characters that a user was shown')
    .description('which rule refused, and which line and numbers decided')
    .action(run(showWhy))
}

const CODE = /^[0-9A-HJKMNP-TV-Z]{8}$/

/** Read aloud and typed back, O is 0, and I and l are 1. */
const readCode = (text: string): string => {
  const code = text
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[\s-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (CODE.test(code)) return code
  throw new CliError(`${quoted(text)} is no code: one has eight letters and digits, like K7Q2M9TX`)
}

const showWhy = async (cli: CliAction, text: string): Promise<void> => {
  const code = readCode(text)
  const { refusals, overview } = await cli.openOperator()
  const refusal = await refusals.find(code)
  if (refusal) {
    const { at, rule, userId, details } = refusal
    const because = explainRefusal(refusal)
    cli.print({ code, at: isoTime(at), rule, user: userId ?? null, because, details }, () => [
      because,
      ...facts([['rule', rule], ['at', localTime(at)], ['user', userId], ...Object.entries(details)]),
    ])
    return
  }
  const turn = await overview.failedTurn(code)
  if (!turn)
    throw new CliError(`nothing is known of the code ${code}: mistyped, or too old, or the user was erased`)
  const { turnId, userId, failure, channel, model, askedAt, endedAt } = turn
  const because = explainFailure(turn)
  const details = { turn: turnId, failure, channel, model, askedAt: isoTime(askedAt) }
  cli.print({ code, at: isoTime(endedAt), rule: 'answer', user: userId, because, details }, () => [
    because,
    ...facts([
      ...([
        ['asked', localTime(askedAt)],
        ['ended', endedAt && localTime(endedAt)],
        ['user', userId],
      ] as const),
      ...([
        ['turn', turnId],
        ['failure', failure],
        ['channel', channel],
        ['model', model],
      ] as const),
    ]),
  ])
}
