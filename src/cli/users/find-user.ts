import { maskOpenId } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import type { User } from '../../identity/user.ts'
import type { UserLine } from '../../operator/overview.ts'
import { CliError, type CliOperator } from '../context.ts'
import { quoted } from '../printable.ts'

/** What is nobody's OpenID is said as it was typed. */
const OPENID = /^o[\w-]{15,}$/

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
  const shown = quoted(OPENID.test(text) ? maskOpenId(text) : text)
  throw new CliError(
    say({
      zh: `没有用户 ${shown}："users list" 列出所有用户`,
      en: `there is no user ${shown}: "users list" shows all`,
    }),
  )
}
