import { say, type Words } from '../../base/say.ts'
import type { GrantKind } from '../../quota/grant.ts'
import type { EntryKind } from '../../quota/ledger.ts'

const GRANTS: { [kind in GrantKind]: Words } = {
  trial: { zh: '新用户体验', en: 'trial' },
  daily: { zh: '每日次数', en: 'daily' },
  card: { zh: '卡密', en: 'card' },
  operator: { zh: '运营者赠送', en: 'operator' },
}

const ENTRIES: { [kind in EntryKind]: Words } = {
  grant: { zh: '获得', en: 'grant' },
  reserve: { zh: '预扣', en: 'reserve' },
  settle: { zh: '扣除', en: 'settle' },
  release: { zh: '取消预扣', en: 'release' },
  refund: { zh: '退回', en: 'refund' },
  expire: { zh: '过期', en: 'expire' },
  correction: { zh: '更正', en: 'correction' },
}

/** The ledger keeps its reasons in English; an operator's own are shown as they wrote them. */
const REASONS: { [reason: string]: string } = {
  'first contact': '第一次来',
  'a new day': '新的一天',
  'a question': '提问',
  answered: '答完',
  'from the operator': '运营者给的',
  'taken back by the operator': '运营者收回',
  'ran out': '到期',
  'the user is forgotten': '用户已删除',
  'never read': '没有人看',
  'never asked for': '没有来取',
  'not delivered': '没有送到',
  undelivered: '没有送到',
  'model-failed': '模型出错',
  'empty-answer': '模型没有回答',
  'timed-out': '模型超时',
  'thought-too-long': '模型一直在想',
  'no-channel': '没有模型',
  'gave-up': '多次没有答成',
  stopped: '用户停止',
  blocked: '含有敏感词',
  'own-key-failed': '自己的 API Key 不能用',
  'model-gone': '模型已下架',
}

const ENDINGS: { [ending: string]: string } = {
  'after some of it was shown': '但已经看到一部分',
  'too often today to be free': '但今天免费的次数已用完',
}

export const grantWord = (kind: GrantKind): string => say(GRANTS[kind])

export const entryWord = (kind: EntryKind): string => say(ENTRIES[kind])

export const entryReason = (reason: string): string => {
  const card = /^card (\d+-\d+)$/.exec(reason)?.[1]
  const [why = '', ending] = reason.split(', ')
  const endsIn = ending && ENDINGS[ending]
  const known = card ? `卡密 ${card}` : REASONS[why]
  if (known === undefined || (ending !== undefined && !endsIn)) return reason
  return say({ zh: endsIn ? `${known}，${endsIn}` : known, en: reason })
}
