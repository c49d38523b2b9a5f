import { type CliAction, CliError } from '../context.ts'
import { counted } from '../printable.ts'
import { findUser } from './find-user.ts'

export const eraseUser = async (cli: CliAction, text: string, { yes }: { yes?: true }): Promise<void> => {
  const operator = await cli.openOperator()
  const { user, line } = await findUser(operator, text)
  await cli.confirm(
    `This forgets ${user.id} for ever: ${counted(line.turns, 'question')} with answers, the own key, ` +
      `${counted(line.remaining, 'call')}.`,
    yes,
  )
  if (!(await operator.erase(user, 'forgotten', operator.clock.now())))
    throw new CliError(`${user.id} was erased meanwhile`)
  await operator.note('users erase', user.id, { calls: line.remaining })
  cli.print({ user: user.id, erased: true }, () => [`${user.id} is forgotten`])
}
