import type { Command } from 'commander'
import { say } from '../base/say.ts'
import { type CliAction, type CliContext, CliError } from './context.ts'
import { quoted } from './printable.ts'
import { facts } from './table.ts'
import { isoTime, localTime } from './when.ts'
import { explainFailure, explainRefusal } from './why/explain.ts'

export const addWhy = (program: Command, { run }: CliContext): void => {
  program
    .command('why')
    .argument('<code>', say({ zh: '用户看到的八位代码', en: 'the eight characters that a user was shown' }))
    .description(
      say({
        zh: '是哪条规则拒绝的，看的是哪一行、哪些数字',
        en: 'which rule refused, and which line and numbers decided',
      }),
    )
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
  throw new CliError(
    say({
      zh: `${quoted(text)} 不是代码：代码是八位字母和数字，如 K7Q2M9TX`,
      en: `${quoted(text)} is no code: one has eight letters and digits, like K7Q2M9TX`,
    }),
  )
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
      ...facts([
        [say({ zh: '规则', en: 'rule' }), rule],
        [say({ zh: '时间', en: 'at' }), localTime(at)],
        [say({ zh: '用户', en: 'user' }), userId],
        ...Object.entries(details),
      ]),
    ])
    return
  }
  const turn = await overview.failedTurn(code)
  if (!turn)
    throw new CliError(
      say({
        zh: `没有代码 ${code} 的记录：可能输错了、太久了，或者用户已被删除`,
        en: `nothing is known of the code ${code}: mistyped, or too old, or the user was erased`,
      }),
    )
  const { turnId, userId, failure, channel, model, askedAt, endedAt } = turn
  const because = explainFailure(turn)
  const details = { turn: turnId, failure, channel, model, askedAt: isoTime(askedAt) }
  cli.print({ code, at: isoTime(endedAt), rule: 'answer', user: userId, because, details }, () => [
    because,
    ...facts([
      ...([
        [say({ zh: '提问时间', en: 'asked' }), localTime(askedAt)],
        [say({ zh: '结束时间', en: 'ended' }), endedAt && localTime(endedAt)],
        [say({ zh: '用户', en: 'user' }), userId],
      ] as const),
      ...([
        [say({ zh: '问题', en: 'turn' }), turnId],
        [say({ zh: '失败原因', en: 'failure' }), failure],
        [say({ zh: '渠道', en: 'channel' }), channel],
        [say({ zh: '模型', en: 'model' }), model],
      ] as const),
    ]),
  ])
}
