import type { User } from '../../identity/user.ts'
import type { UserLine } from '../../operator/overview.ts'
import type { Balance, Entry } from '../../quota/ledger.ts'
import type { CliAction } from '../context.ts'
import { figure } from '../printable.ts'
import { facts, table } from '../table.ts'
import { isoTime, localTime, localTimeIf } from '../when.ts'
import { findUser } from './find-user.ts'

const LAST_ENTRIES = 20

type Shown = { user: User; line: UserLine; quota: Balance; entries: Entry[] }

export const showUser = async (cli: CliAction, text: string): Promise<void> => {
  const operator = await cli.openOperator()
  const { user, line } = await findUser(operator, text)
  const quota = await operator.ledger.balance(user.id, operator.clock.now())
  const entries = await operator.ledger.entries(user.id, LAST_ENTRIES)
  const shown = { user, line, quota, entries }
  cli.print(documentOf(shown), () => linesOf(shown))
}

const documentOf = ({ user, line, quota, entries }: Shown) => ({
  ...{ id: user.id, account: user.account, openid: user.openid, createdAt: isoTime(line.createdAt) },
  ...{ following: user.following, blocked: user.blocked, model: user.model ?? null },
  ownKey: user.ownKey ? { channel: user.ownKey.channel, tail: user.ownKey.tail } : null,
  quota: {
    remaining: quota.remaining,
    grants: quota.grants.map(({ expiresAt, ...grant }) => ({ ...grant, expiresAt: isoTime(expiresAt) })),
  },
  ...{ turns: line.turns, lastTurnAt: isoTime(line.lastTurnAt) },
  entries: entries.map(({ at, kind, calls, grantId, turnId, reason }) => ({
    ...{ at: isoTime(at), kind, calls, grant: grantId, turn: turnId ?? null, reason },
  })),
})

const ENTRY_COLUMNS = [
  { title: 'at' },
  { title: 'entry' },
  { title: 'calls', align: 'right' as const },
  { title: 'turn' },
  { title: 'reason' },
]

const linesOf = ({ user, line, quota, entries }: Shown): string[] => [
  ...facts([
    ['user', user.id],
    ['openid', user.openid],
    ['account', user.account],
    ['since', localTime(line.createdAt)],
    [
      'state',
      [user.following ? 'following' : 'not following', ...(user.blocked ? ['blocked'] : [])].join(', '),
    ],
    ['model', user.model],
    ['own key', user.ownKey && `${user.ownKey.channel}, ending in ${user.ownKey.tail}`],
    ['questions', line.turns],
    ['last question', localTimeIf(line.lastTurnAt)],
    ['calls left', quota.remaining],
    ...quota.grants.map((grant): [string, string] => ['', grantLine(grant)]),
  ]),
  ...(entries.length > 0 ? ['', ...table(ENTRY_COLUMNS, entries.map(entryRow))] : []),
]

const grantLine = ({ kind, remaining, expiresAt }: Balance['grants'][number]): string =>
  `${figure(remaining)} ${kind}, ${expiresAt === undefined ? 'for ever' : `until ${localTime(expiresAt)}`}`

const entryRow = ({ at, kind, calls, turnId, reason }: Entry) => [
  ...[localTime(at), kind, calls, turnId, reason],
]
