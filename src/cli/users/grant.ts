import { say } from '../../base/say.ts'
import type { User } from '../../identity/user.ts'
import { type CliAction, CliError, type CliOperator, UsageError } from '../context.ts'
import { counted, figure } from '../printable.ts'
import { isoTime, untilWords } from '../when.ts'
import { findUser } from './find-user.ts'

type Options = { calls: number; days?: number; reason?: string }

const DAY_MS = 86_400_000

export const grantCalls = async (cli: CliAction, text: string, options: Options): Promise<void> => {
  const { calls, days } = options
  if (calls === 0)
    throw new UsageError(
      say({ zh: '--calls 0 什么也不给，什么也不收', en: '--calls 0 gives nothing and takes nothing' }),
    )
  if (calls < 0 && days !== undefined)
    throw new UsageError(
      say({ zh: '收回次数时不用 --days', en: '--days is of no use when calls are taken back' }),
    )
  const operator = await cli.openOperator()
  const { user } = await findUser(operator, text)
  return calls > 0 ? give(cli, operator, user, options) : takeBack(cli, operator, user, options)
}

const give = async (
  cli: CliAction,
  operator: CliOperator,
  user: User,
  { calls, days, reason = 'from the operator' }: Options,
) => {
  const now = operator.clock.now()
  const expiresAt = days === undefined ? undefined : now + days * DAY_MS
  const source = `operator:${operator.ids.next('trc')}`
  await operator.ledger.give({ userId: user.id, kind: 'operator', source, calls, expiresAt, reason }, now)
  await operator.note('users grant', user.id, { calls, days, reason })
  const { remaining } = await operator.ledger.balance(user.id, now)
  const until = untilWords(expiresAt)
  cli.print({ user: user.id, calls, expiresAt: isoTime(expiresAt), remaining }, () => [
    say({
      zh: `给了 ${user.id} ${figure(calls)} 次，${until.zh}；共有 ${figure(remaining)} 次`,
      en: `${user.id} was given ${counted(calls, 'call')}, ${until.en}; ${counted(remaining, 'call')} in all`,
    }),
  ])
}

const takeBack = async (
  cli: CliAction,
  operator: CliOperator,
  user: User,
  { calls, reason = 'taken back by the operator' }: Options,
) => {
  const now = operator.clock.now()
  const wanted = -calls
  const taken = await operator.ledger.takeBack(user.id, wanted, reason, now)
  if (taken === 0)
    throw new CliError(
      say({
        zh: `${user.id} 没有可以收回的次数`,
        en: `${user.id} has no calls that could be taken back`,
      }),
    )
  await operator.note('users grant', user.id, { calls: -taken, reason })
  const { remaining } = await operator.ledger.balance(user.id, now)
  cli.print({ user: user.id, calls: -taken, expiresAt: null, remaining }, () => [
    say({
      zh:
        `从 ${user.id} 收回了 ${figure(taken)} 次${taken < wanted ? '，只有这么多' : ''}；` +
        `还剩 ${figure(remaining)} 次`,
      en:
        `${counted(taken, 'call')} taken back from ${user.id}` +
        `${taken < wanted ? ', there were no more' : ''}; ${counted(remaining, 'call')} left`,
    }),
  ])
}
