import { maskOpenId } from '../../base/log.ts'
import type { CliAction } from '../context.ts'
import { table } from '../table.ts'
import { isoTime, localTime, localTimeIf } from '../when.ts'

const COLUMNS = [
  ...['user', 'openid', 'since', 'blocked', 'own key'].map((title) => ({ title })),
  ...['calls left', 'questions'].map((title) => ({ title, align: 'right' as const })),
  { title: 'last question' },
]

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
      if (users.length === 0) return [after === undefined ? 'nobody yet' : 'nobody else']
      const rows = users.map(({ id, openid, createdAt, blocked, ownKey, remaining, turns, lastTurnAt }) => [
        ...[id, maskOpenId(openid), localTime(createdAt), blocked ? 'blocked' : undefined, ownKey],
        ...[remaining, turns, localTimeIf(lastTurnAt)],
      ])
      const last = users.length === limit ? [`further: --after ${users.at(-1)?.id}`] : []
      return [...table(COLUMNS, rows), ...last]
    },
  )
}
