import { say } from '../../base/say.ts'
import { type CliAction, CliError } from '../context.ts'
import { counted, figure } from '../printable.ts'
import { findUser } from './find-user.ts'

export const eraseUser = async (cli: CliAction, text: string, { yes }: { yes?: true }): Promise<void> => {
  const operator = await cli.openOperator()
  const { user, line } = await findUser(operator, text)
  await cli.confirm(
    say({
      zh:
        `这会删除 ${user.id}，不能撤销：${figure(line.turns)} 个问题和回答、自己的 API Key、` +
        `${figure(line.remaining)} 次。`,
      en:
        `This forgets ${user.id} for ever: ${counted(line.turns, 'question')} with answers, the own key, ` +
        `${counted(line.remaining, 'call')}.`,
    }),
    yes,
  )
  if (!(await operator.erase(user, 'forgotten', operator.clock.now())))
    throw new CliError(say({ zh: `${user.id} 刚刚已被删除`, en: `${user.id} was erased meanwhile` }))
  await operator.note('users erase', user.id, { calls: line.remaining })
  cli.print({ user: user.id, erased: true }, () => [
    say({ zh: `${user.id} 已删除`, en: `${user.id} is forgotten` }),
  ])
}
