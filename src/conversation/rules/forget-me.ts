import type { Erase } from '../../identity/erasure.ts'
import type { Users } from '../../identity/user.ts'
import { isCommand } from '../command-words.ts'
import type { Incoming } from '../incoming.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const ASK = ['删除我的数据', '刪除我的資料', '刪除我的數據', 'forget me']
const CONFIRM = ['确认删除', '確認刪除', 'confirm delete']
/** Answers to the question alone; on any other day they are words like others. */
const YES = ['确认', '確認', '是', '是的', 'confirm', 'yes', 'y']
const ANSWER_WITHIN_MS = 10 * 60_000

/**
 * 删除我的数据: asks once more, then erases. Known by the message that asked, so that WeChat's retry of it is no
 * confirmation. Stands before the block: also a blocked user may be forgotten.
 */
export const forgetMe = (parts: {
  users: Pick<Users, 'find' | 'askErase'>
  erase: Erase
  texts: Pick<Texts, 'forgetAsk' | 'forgotten' | 'forgetNothing' | 'forgetTooLate'>
}): Rule<Incoming> =>
  async function forgetMe({ said, person, messageKey, receivedAt }, next) {
    const asks = isCommand(said, ASK, 'FORGET')
    const confirms = isCommand(said, CONFIRM, '')
    if (!asks && !confirms && !isCommand(said, YES, '')) return next()

    const user = await parts.users.find(person)
    const asked = user?.eraseAsked
    const isOpen = asked && asked.messageKey !== messageKey && isAnswer(receivedAt - asked.at)
    if (user && isOpen) {
      await parts.erase(user, 'forgotten', receivedAt)
      return { kind: 'say', text: parts.texts.forgotten }
    }
    if (!user && (asks || confirms)) {
      await parts.erase(person, 'forgotten', receivedAt)
      return { kind: 'say', text: parts.texts.forgetNothing }
    }
    if (!user) return next()
    if (confirms) return { kind: 'say', text: parts.texts.forgetTooLate }
    if (!asks) return next()
    await parts.users.askErase(user.id, messageKey, receivedAt)
    return { kind: 'say', text: parts.texts.forgetAsk }
  }

/** Said after the question: an earlier word that is posted again answers nothing. */
const isAnswer = (afterMs: number): boolean => afterMs >= 0 && afterMs <= ANSWER_WITHIN_MS

/** What somebody who has been erased is told when these very messages come again. Nothing is done. */
export const forgottenAlready = (texts: Pick<Texts, 'forgotten' | 'forgetNothing'>): Rule<Incoming> =>
  async function forgottenAlready({ said }, next) {
    if (isCommand(said, CONFIRM, '')) return { kind: 'say', text: texts.forgotten }
    return isCommand(said, ASK, 'FORGET') ? { kind: 'say', text: texts.forgetNothing } : next()
  }
