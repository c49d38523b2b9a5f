import { describe, expect, test } from '@jest/globals'
import { createAllowlist, readAllowlist } from '../../src/words/allowlist.ts'

const read = (text: string) => readAllowlist(Buffer.from(text))
const listOf = (text: string) => {
  const list = read(text)
  return list.ok ? list.value : createAllowlist(new Set())
}

const USER = 'usr_01jd2x3y4z5a6b7c8d9e0f1g2h'
const OPENID = 'o6_bmjrPTlm6_2sgVt7hMZOPfL2M'

describe('an allowlist', () => {
  test('has users by id and by OpenID', () => {
    const list = listOf(`\ufeff# 朋友\r\n${USER}\r\n\r\n  ${OPENID}  # 老板\r\n`)
    expect(list.size).toBe(2)
    expect(list.has(USER, 'o-other')).toBe(true)
    expect(list.has('usr_other', OPENID)).toBe(true)
    expect(list.has('usr_other', 'o-other')).toBe(false)
  })

  test('tells apart ids that differ in case alone', () => {
    expect(listOf(OPENID).has('usr_other', OPENID.toLowerCase())).toBe(false)
  })

  test.each(['', '#\n', '\n\n'])('may be empty: %j', (text) => {
    expect(listOf(text).size).toBe(0)
    expect(listOf(text).has('', '')).toBe(false)
  })

  test('passes over lines that can be no user, and says which without saying what', () => {
    const list = read(`${USER}\n*\n张 三\n${'o'.repeat(129)}\n__proto__x\n<xml>`)
    expect(list).toMatchObject({
      ok: true,
      value: { size: 2 },
      notes: [2, 3, 4, 6].map((line) => `line ${line} is no user id (usr_…) or OpenID and is passed over`),
    })
  })

  test('is refused when it is no text in UTF-8', () => {
    expect(readAllowlist(Buffer.from([0x6f, 0x0a, 0xff]))).toEqual({
      ok: false,
      problems: ['line 2 is not UTF-8: save the file as UTF-8'],
    })
  })
})
