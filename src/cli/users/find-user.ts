import { maskOpenId } from '../../base/log.ts'
import type { User } from '../../identity/user.ts'
import type { UserLine } from '../../operator/overview.ts'
import { CliError, type CliOperator } from '../context.ts'
import { quoted } from '../printable.ts'

/** Longer is neither an id nor an OpenID. */
const MAX_CHARS = 64

/** By a user id or an OpenID. Throws CliError when there is nobody. */
export const findUser = async (
  operator: CliOperator,
  text: string,
): Promise<{ user: User; line: UserLine }> => {
  const line = text.length > MAX_CHARS ? undefined : await operator.overview.user(text, operator.clock.now())
  const user = line && (await operator.users.findById(line.id))
  if (user) return { user, line }
  throw new CliError(`there is no user ${quoted(text.startsWith('usr_') ? text : maskOpenId(text))}`)
}
