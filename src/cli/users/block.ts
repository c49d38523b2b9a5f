import { say } from '../../base/say.ts'
import type { CliAction } from '../context.ts'
import { findUser } from './find-user.ts'

export const blockUser = (cli: CliAction, text: string): Promise<void> => setBlock(cli, text, true)
export const unblockUser = (cli: CliAction, text: string): Promise<void> => setBlock(cli, text, false)

const setBlock = async (cli: CliAction, text: string, blocked: boolean): Promise<void> => {
  const operator = await cli.openOperator()
  const { user } = await findUser(operator, text)
  const changed = await operator.users.block(user.id, blocked, operator.clock.now())
  if (changed) await operator.note(blocked ? 'users block' : 'users unblock', user.id)
  cli.print({ user: user.id, blocked, changed }, () => [
    say({
      zh: `${user.id} ${changed ? '现在' : '本来就'}${blocked ? '已屏蔽' : '没有屏蔽'}`,
      en: `${user.id} is ${blocked ? 'blocked' : 'not blocked'}${changed ? '' : ', as before'}`,
    }),
  ])
}
