import type { Erase } from '../../identity/erasure.ts'
import type { Users } from '../../identity/user.ts'
import { isCommand, isExactly } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Incoming, Said } from '../incoming.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** Nothing else confirms: what a model asks is answered with 「是」, too. */
const CONFIRM = ['确认删除', '確認刪除', 'confirm delete']
/** Answers to the question, which are no questions of their own. */
const ANSWERS = [
  ...[
    '确认',
    '確認',
    '确定',
    '確定',
    '是',
    '是的',
    '对',
    '嗯',
    '好',
    '好的',
    '可以',
    '行',
    '删除',
    '删吧',
    '确定删除',
    '确认删',
    '删掉',
    '删',
  ],
  ...[
    '不',
    '不是',
    '不要',
    '不用',
    '不用了',
    '不删',
    '不删了',
    '不删除',
    '取消',
    '算了',
    '先不',
    '先不删',
    '先不删了',
    '别删',
  ],
  ...[
    'confirm',
    'yes',
    'y',
    'ok',
    'okay',
    'sure',
    'delete',
    'no',
    'n',
    'nope',
    'cancel',
    'never mind',
    'keep',
  ],
]
const ANSWER_WITHIN_MS = 10 * 60_000

/**
 * 删除我的数据: asks once more, and erases when 「确认删除」 comes next; whatever comes instead keeps the data, which is said.
 * Stands before the block: also a blocked user may be forgotten.
 */
export const forgetMe = (parts: {
  users: Pick<Users, 'find' | 'askErase' | 'keepData'>
  erase: Erase
  texts: Pick<Texts, 'forgetAsk' | 'forgotten' | 'forgetNothing' | 'forgetTooLate' | 'forgetKept'>
}): Rule<Incoming> =>
  async function forgetMe(incoming, next) {
    const { said, person, messageKey, receivedAt } = incoming
    if (!isWord(said)) return next()
    const user = await parts.users.find(person)
    const asked = user?.eraseAsked
    // Known by the message that asked, so that WeChat's retry of it is no answer.
    const isOpen = asked !== undefined && asked.messageKey !== messageKey && isAnswer(receivedAt - asked.at)
    const confirms = isExactly(said, CONFIRM)
    const asks = isCommand(said, COMMANDS.forget)
    if (!user && (asks || confirms)) {
      await parts.erase(person, 'forgotten', receivedAt)
      return { kind: 'say', text: parts.texts.forgetNothing }
    }
    if (!user) return next()
    if (confirms && isOpen) {
      await parts.erase(user, 'forgotten', receivedAt)
      return { kind: 'say', text: parts.texts.forgotten }
    }
    if (confirms) return { kind: 'say', text: parts.texts.forgetTooLate }
    if (asks) {
      await parts.users.askErase(user.id, messageKey, receivedAt)
      return { kind: 'say', text: parts.texts.forgetAsk }
    }
    if (isOpen) await parts.users.keepData(user, messageKey)
    else if (!incoming.hasKeptData) return next()
    if (isExactly(said, ANSWERS)) return { kind: 'say', text: parts.texts.forgetKept }
    return { ...(await next()), hasKeptData: true }
  }

/** Said after the question: an earlier word that is posted again answers nothing. */
const isAnswer = (afterMs: number): boolean => afterMs >= 0 && afterMs <= ANSWER_WITHIN_MS

/** A message or a tap in the menu; who leaves or scans a code says nothing. */
const isWord = ({ kind }: Said): boolean => {
  switch (kind) {
    case 'followed':
    case 'unfollowed':
    case 'scanned':
    case 'other':
      return false
    default:
      return true
  }
}

/** What somebody who has been erased is told when these very messages come again. Nothing is done. */
export const forgottenAlready = (texts: Pick<Texts, 'forgotten' | 'forgetNothing'>): Rule<Incoming> =>
  async function forgottenAlready({ said }, next) {
    if (isExactly(said, CONFIRM)) return { kind: 'say', text: texts.forgotten }
    return isCommand(said, COMMANDS.forget) ? { kind: 'say', text: texts.forgetNothing } : next()
  }
