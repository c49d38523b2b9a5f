import { afterEach, expect, test } from '@jest/globals'
import { operatorLanguage, say, speak } from '../../src/base/say.ts'

afterEach(() => speak('en'))

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'zh' }, 'zh'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'zh_TW' }, 'zh'],
  [{ LANG: 'en_US.UTF-8', LOCALE: 'zh-CN' }, 'en'],
  [{ LANG: 'C.UTF-8', LOCALE: 'en' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'zh'],
  [{ LANG: 'POSIX', LOCALE: 'zh-CN' }, 'zh'],
  [{ LANG: 'de_DE.UTF-8', LOCALE: 'en' }, 'en'],
  [{}, 'zh'],
] as const)('with %j the operator is spoken to in %s', (env, expected) => {
  expect(operatorLanguage(env)).toBe(expected)
})

test('a text is said in the language the program was started in', () => {
  const words = { zh: '好了', en: 'done' }
  speak('zh')
  expect(say(words)).toBe('好了')
  speak('en')
  expect(say(words)).toBe('done')
})
