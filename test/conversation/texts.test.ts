import { describe, expect, test } from '@jest/globals'
import { partsOfTurn } from '../../src/conversation/delivery-plan.ts'
import { PART_MAX_BYTES } from '../../src/conversation/message-sizes.ts'
import { byteLength } from '../../src/conversation/split-text.ts'
import { judgeSize, judgeTemplate } from '../../src/conversation/texts/judge-wording.ts'
import { KEYS, PLACEHOLDERS, type TextKey, type TextSpec } from '../../src/conversation/texts/keys.ts'
import {
  fillText,
  liveTexts,
  type Overrides,
  TEXT_KEYS,
  wordingOf,
} from '../../src/conversation/texts/live-texts.ts'
import { fillTemplate, parseTemplate } from '../../src/conversation/texts/template.ts'
import { type Locale, textsOf } from '../../src/conversation/texts.ts'
import type { Turn } from '../../src/conversation/turn.ts'

const LOCALES: readonly Locale[] = ['zh-CN', 'en']
const MORE = '<a href="weixin://bizmsgmenu?msgmenucontent=more&msgmenuid=1">more</a>'

const longest = (key: TextKey) => {
  const { takes }: TextSpec = KEYS[key]
  return takes.map((name) => PLACEHOLDERS[name].longest)
}
const placeholdersIn = (template: string): string[] => {
  const names = parseTemplate(template).flatMap((piece) => ('name' in piece ? [piece.name] : []))
  return [...new Set(names)].toSorted()
}

describe('the catalogue', () => {
  test('has the same keys in both languages', () => {
    for (const locale of LOCALES)
      expect(Object.keys(wordingOf(locale)).toSorted()).toEqual(TEXT_KEYS.toSorted())
  })

  test.each(TEXT_KEYS)('%s uses the same placeholders in both languages, and all it is given', (key) => {
    const { takes }: TextSpec = KEYS[key]
    for (const locale of LOCALES)
      expect(placeholdersIn(wordingOf(locale)[key])).toEqual([...takes].toSorted())
  })

  test.each(LOCALES)('obeys in %s the rules an operator has to obey', (locale) => {
    const shipped = wordingOf(locale)
    const wrong = TEXT_KEYS.flatMap((key) => [
      ...judgeTemplate(key, shipped[key]),
      ...judgeSize(key, (each) => shipped[each]),
    ])
    expect(wrong).toEqual([])
  })

  test.each(LOCALES)('fits into messages in %s, filled with long values', (locale) => {
    const shipped = wordingOf(locale)
    for (const key of TEXT_KEYS) {
      const text = fillText(key, (each) => shipped[each], longest(key))
      expect(byteLength(text)).toBeLessThanOrEqual(PART_MAX_BYTES)
      expect(text).not.toMatch(/[{}]|undefined|NaN/)
    }
    expect(byteLength(textsOf(locale).help)).toBeLessThan(1200)
  })

  test.each(LOCALES)('names in %s every command in the help', (locale) => {
    const commands =
      locale === 'en'
        ? [
            'quota',
            'redeem',
            'bind',
            'unbind',
            'model',
            'new',
            'more',
            'stop',
            'retry',
            'help',
            'login',
            'forget me',
          ]
        : '额度 兑换 绑定 解绑 模型 新对话 继续 停止 重答 帮助 登录 删除我的数据'.split(' ')
    for (const command of commands) expect(textsOf(locale).help).toContain(command)
  })
})

describe('the texts', () => {
  const [zh, en] = [textsOf('zh-CN'), textsOf('en')]

  test('take their values in the order of their arguments', () => {
    expect(zh.rest(2, 'https://x/a')).toBe(
      '还有 2 段，回复「继续」查看（点这里<a href="weixin://bizmsgmenu?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=1">继续</a>，或<a href="https://x/a">看全文</a>）',
    )
    expect(zh.quotaGrant(zh.grantKinds.card, 7, '2026-12-31')).toBe('· 卡密兑换 7 次，有效期至 2026-12-31')
    expect(en.noCalls(5, 1, 'ABCD2345')).toMatch(/takes 5, and you have 1 left.*\(code ABCD2345\)$/)
    expect(en.modelLineChosen('gpt-5', 1)).toBe('✓ gpt-5, 1 call a question (in use)')
  })

  test('say one thing in the singular, others in the plural', () => {
    expect(en.untold(1)).toBe(`1 more part of an earlier answer: send "more" (or tap ${MORE}).`)
    expect(en.untold(2)).toBe(`2 more parts of an earlier answer: send "more" (or tap ${MORE}).`)
    expect([1, 2].map((minutes) => en.cardTooManyTries(minutes).split(' in ')[1])).toEqual([
      '1 minute.',
      '2 minutes.',
    ])
  })

  test('show a code, and leave nothing where there is none', () => {
    expect(zh.tooFast(5, 'ABCD2345')).toBe('你问得有点快，请过 5 秒再试。（代码 ABCD2345）')
    expect(zh.tooFast(5, '')).toBe('你问得有点快，请过 5 秒再试。')
    expect(en.tooFast(5, '')).toBe('That was a little fast. Please try again in 5 s.')
  })

  test('take values as they are, braces and dollars included', () => {
    expect(zh.modelUnknown('{name} $& {tap:停止}')).toContain('没有找到 {name} $& {tap:停止} 这个模型')
  })
})

describe('a template', () => {
  test.each([
    ['{{{n}}}', '{3}'],
    ['{n|one|many}', 'many'],
    ['{n||s}', 's'],
    ['{m}', '{m}'],
    ['{', '{'],
    ['}{n', '}{n'],
    ['{}', '{}'],
    ['{n|a}', '{n|a}'],
    ['{tap:}', '{tap:}'],
    ['{tap:"><a>}', '{tap:"><a>}'],
    ['{tap: more }', MORE],
    ['', ''],
  ])('%j becomes %j', (template, text) => {
    expect(fillTemplate(template, { n: 3 })).toBe(text)
  })
})

describe('live texts', () => {
  test('say the newest wording through what was taken from them before', () => {
    let overrides: Overrides = {}
    const texts = liveTexts(() => overrides, 'en')
    const { onlyText, tooFast, rest } = texts
    const shipped = textsOf('en')
    expect(texts.greeting).toBe(shipped.greeting)

    overrides = {
      greeting: 'Hi!',
      'onlyText.voice': 'No voices.',
      tooFast: 'Wait {seconds} {seconds|second|seconds}. {code}',
      codeNote: '[{code}]',
      rest: '{parts} {url}',
    }
    expect(texts.greeting).toBe('Hi!')
    expect(onlyText.voice).toBe('No voices.')
    expect(onlyText.image).toBe(shipped.onlyText.image)
    expect(tooFast(1, 'ABCD2345')).toBe('Wait 1 second. [ABCD2345]')
    expect(texts.apology('ABCD2345')).toMatch(/ \[ABCD2345\]$/)
    expect(rest(1, 'u')).toBe('1 u')

    overrides = {}
    expect([texts.greeting, onlyText.voice, tooFast(2, '')]).toEqual([
      shipped.greeting,
      shipped.onlyText.voice,
      shipped.tooFast(2, ''),
    ])
  })

  test('the longest line about the rest and the longest label fit beside a part', () => {
    const fill = (key: TextKey, open: string) => {
      const size = (count: number) => byteLength(fillText(key, () => open + 'x'.repeat(count), longest(key)))
      return open + 'x'.repeat(KEYS[key].maxBytes - size(0))
    }
    const overrides: Overrides = {
      rest: fill('rest', '{parts}{url}{tap:more}'),
      aiLabel: fill('aiLabel', ''),
    }
    for (const key of ['rest', 'aiLabel'] as const)
      expect(judgeSize(key, (each) => overrides[each] ?? '')).toEqual([])
    const texts = liveTexts(() => overrides, 'en')
    const turn: Turn = {
      ...{ id: 'trn_1', userId: 'usr_1', openid: 'o', conversationId: 'cnv_1', question: 'q', createdAt: 0 },
      ...{ endedAt: 1, status: 'answered', answer: 'word '.repeat(2000), failure: undefined },
      ...{ ending: 'whole', refusalCode: undefined, attempt: 1, stopRequested: false, onPage: false },
      cost: { model: undefined, price: 1, ownKey: false },
      ...{ charged: true, shown: false },
    }
    const parts = partsOfTurn(turn, texts, true)
    const told = parts.slice(0, -1).map((part) => `${part}\n\n${texts.rest(99, PLACEHOLDERS.url.longest)}`)
    for (const part of [...told, ...parts]) expect(byteLength(part)).toBeLessThanOrEqual(PART_MAX_BYTES)
  })
})
