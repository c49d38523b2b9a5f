import type { User } from '../../identity/user.ts'
import { type CliAction, CliError, type CliOperator, UsageError } from '../context.ts'
import { counted } from '../printable.ts'
import { isoTime, localTime } from '../when.ts'
import { findUser } from './find-user.ts'

type Options = { calls: number; days?: number; reason?: string }

const DAY_MS = 86_400_000

export const grantCalls = async (cli: CliAction, text: string, options: Options): Promise<void> => {
  const { calls, days } = options
  if (calls === 0) throw new UsageError('--calls 0 gives nothing and takes nothing')
  if (calls < 0 && days !== undefined) throw new UsageError('--days is of no use when calls are taken back')
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
  cli.print({ user: user.id, calls, expiresAt: isoTime(expiresAt), remaining }, () => [
    `${user.id} was given ${counted(calls, 'call')}, ` +
      `${expiresAt === undefined ? 'for ever' : `until ${localTime(expiresAt)}`}; ${counted(remaining, 'call')} in all`,
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
  if (taken === 0) throw new CliError(`${user.id} has no calls that could be taken back`)
  await operator.note('users grant', user.id, { calls: -taken, reason })
  const { remaining } = await operator.ledger.balance(user.id, now)
  cli.print({ user: user.id, calls: -taken, expiresAt: null, remaining }, () => [
    `${counted(taken, 'call')} taken back from ${user.id}` +
      `${taken < wanted ? ', there were no more' : ''}; ${counted(remaining, 'call')} left`,
  ])
}
