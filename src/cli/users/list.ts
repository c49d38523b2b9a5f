import { maskOpenId } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import type { CliAction } from '../context.ts'
import { table } from '../table.ts'
import { isoTime, localTime, localTimeIf } from '../when.ts'

const COLUMNS = [
  { title: { zh: '用户', en: 'user' } },
  { title: { zh: 'OpenID', en: 'openid' } },
  { title: { zh: '从何时起', en: 'since' } },
  { title: { zh: '屏蔽', en: 'blocked' } },
  { title: { zh: '自己的 Key', en: 'own key' } },
  { title: { zh: '剩余次数', en: 'calls left' }, align: 'right' },
  { title: { zh: '提问', en: 'questions' }, align: 'right' },
  { title: { zh: '最近提问', en: 'last question' } },
] as const

export const listUsers = async (
  cli: CliAction,
  { limit, after }: { limit: number; after?: string },
): Promise<void> => {
  const operator = await cli.openOperator()
  const now = operator.clock.now()
  const users = await operator.overview.users({ limit, now, ...(after === undefined ? {} : { after }) })
  cli.print(
    {
      users: users.map((user) => ({
        ...{ id: user.id, openid: maskOpenId(user.openid), createdAt: isoTime(user.createdAt) },
        ...{ blocked: user.blocked, ownKey: user.ownKey ?? null, remaining: user.remaining },
        ...{ turns: user.turns, lastTurnAt: isoTime(user.lastTurnAt) },
      })),
    },
    () => {
      if (users.length === 0)
        return [
          after === undefined
            ? say({ zh: '还没有用户', en: 'nobody yet' })
            : say({ zh: '没有更多用户了', en: 'nobody else' }),
        ]
      const rows = users.map(({ id, openid, createdAt, blocked, ownKey, remaining, turns, lastTurnAt }) => [
        ...[
          id,
          maskOpenId(openid),
          localTime(createdAt),
          blocked ? say({ zh: '已屏蔽', en: 'blocked' }) : undefined,
          ownKey,
        ],
        ...[remaining, turns, localTimeIf(lastTurnAt)],
      ])
      const last = say({
        zh: `接着看：--after ${users.at(-1)?.id}`,
        en: `further: --after ${users.at(-1)?.id}`,
      })
      const columns = COLUMNS.map(({ title, ...rest }) => ({ title: say(title), ...rest }))
      return [...table(columns, rows), ...(users.length === limit ? [last] : [])]
    },
  )
}
