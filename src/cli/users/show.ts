import { say } from '../../base/say.ts'
import type { User } from '../../identity/user.ts'
import type { UserLine } from '../../operator/overview.ts'
import type { Balance, Entry } from '../../quota/ledger.ts'
import type { CliAction } from '../context.ts'
import { figure } from '../printable.ts'
import { facts, table } from '../table.ts'
import { isoTime, localTime, localTimeIf, untilWords } from '../when.ts'
import { entryReason, entryWord, grantWord } from './entry-words.ts'
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

const entryColumns = () => [
  { title: say({ zh: '时间', en: 'at' }) },
  { title: say({ zh: '账目', en: 'entry' }) },
  { title: say({ zh: '次数', en: 'calls' }), align: 'right' as const },
  { title: say({ zh: '问题', en: 'turn' }) },
  { title: say({ zh: '原因', en: 'reason' }) },
]

const linesOf = ({ user, line, quota, entries }: Shown): string[] => [
  ...facts([
    [say({ zh: '用户', en: 'user' }), user.id],
    [say({ zh: 'OpenID', en: 'openid' }), user.openid],
    [say({ zh: '公众号', en: 'account' }), user.account],
    [say({ zh: '从何时起', en: 'since' }), localTime(line.createdAt)],
    [say({ zh: '状态', en: 'state' }), stateOf(user)],
    [say({ zh: '模型', en: 'model' }), user.model],
    [say({ zh: '自己的 API Key', en: 'own key' }), user.ownKey && ownKeyOf(user.ownKey)],
    [say({ zh: '提问', en: 'questions' }), line.turns],
    [say({ zh: '最近提问', en: 'last question' }), localTimeIf(line.lastTurnAt)],
    [say({ zh: '剩余次数', en: 'calls left' }), quota.remaining],
    ...quota.grants.map((grant): [string, string] => ['', grantLine(grant)]),
  ]),
  ...(entries.length > 0 ? ['', ...table(entryColumns(), entries.map(entryRow))] : []),
]

const stateOf = ({ following, blocked }: User): string =>
  [
    following ? say({ zh: '已关注', en: 'following' }) : say({ zh: '没有关注', en: 'not following' }),
    ...(blocked ? [say({ zh: '已屏蔽', en: 'blocked' })] : []),
  ].join(say({ zh: '，', en: ', ' }))

const ownKeyOf = ({ channel, tail }: { channel: string; tail: string }): string =>
  say({ zh: `${channel}，尾号 ${tail}`, en: `${channel}, ending in ${tail}` })

const grantLine = ({ kind, remaining, expiresAt }: Balance['grants'][number]): string => {
  const until = untilWords(expiresAt)
  const calls = `${figure(remaining)}`
  return say({
    zh: `${calls} 次${grantWord(kind)}，${until.zh}`,
    en: `${calls} ${grantWord(kind)}, ${until.en}`,
  })
}

const entryRow = ({ at, kind, calls, turnId, reason }: Entry) => [
  ...[localTime(at), entryWord(kind), calls, turnId, entryReason(reason)],
]
