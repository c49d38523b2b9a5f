import { CODE_MINUTES, type LoginCodes } from '../../identity/login-codes.ts'
import { isCommand } from '../command-words.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const WORDS = ['登录', '登錄', '登陆', '登陸', '登入', '验证码', '驗證碼', 'login', 'log in']

/** 登录: a code to type on the page, in any browser. It is nowhere kept as it is: a repeat works it out again. */
export const login = (parts: {
  codes: Pick<LoginCodes, 'issue'>
  page: string
  texts: Pick<Texts, 'loginCode'>
}): Rule<Known> =>
  async function login({ said, user, messageKey }, next) {
    if (!isCommand(said, WORDS, 'LOGIN')) return next()
    const digits = await parts.codes.issue({ userId: user.id, cause: messageKey, browserHash: undefined })
    return { kind: 'say', text: parts.texts.loginCode(digits, CODE_MINUTES, parts.page) }
  }
