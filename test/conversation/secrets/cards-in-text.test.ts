import { describe, expect, test } from '@jest/globals'
import { cardsInText } from '../../../src/conversation/secrets/cards-in-text.ts'
import { createCardKeys } from '../../../src/quota/card-key.ts'

const cardKeys = createCardKeys({ current: Buffer.alloc(32, 7), previous: [] })
const cards = (text: string) => cardsInText(text, (key) => cardKeys.open(key).ok)
const seal = (serial: number) =>
  cardKeys.seal({ batch: 3, serial, calls: 5, days: undefined, redeemBy: undefined })
const bare = (key: string) => key.replaceAll('-', '')

const WRAPPINGS = [
  (key: string) => key,
  (key: string) => `兑换${key}`,
  (key: string) => `卡密：${key}`,
  (key: string) => `兑换码：${key}`,
  (key: string) => `【${key}】`,
  (key: string) => `您购买的卡密为：${key}，请勿外泄`,
  (key: string) => `订单号20260101 卡密 ${key}`,
  (key: string) => `20260101${key}20260102`,
  (key: string) => `redeem${key}ok`,
  (key: string) => `**${key}**，谢谢惠顾！官网 https://shop.example.com/o/8812345`,
  (key: string) => `key:${bare(key)}`,
  (key: string) => `Order 4412 KEY ${bare(key).toLowerCase()} valid until 2027-01-01`,
  (key: string) => key.replaceAll('-', '\n'),
  (key: string) => key.replaceAll('-', '-\n'),
  (key: string) => key.replaceAll('-', '—'),
  (key: string) => key.split('').join(' '),
  (key: string) => key.replaceAll('0', 'O').replaceAll('1', 'l'),
  (key: string) => key.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  (key: string) => key.replaceAll('-', '\u200b'),
  (key: string) => key.replaceAll('-', '&#45;'),
  (key: string) => key.replaceAll('-', '&ndash;'),
  (key: string) => `https://shop.example.com/card?key=${key.replaceAll('-', '%2D')}&from=qr`,
  (key: string) => `我买了一张卡，上面写着 ${key}，请帮我看看，顺便问一下明天天气怎么样？`,
  (key: string) => `1. ${key}\n2. 请勿外泄`,
  (key: string) =>
    `${'买家须知，请在 30 天内使用。'.repeat(100)}${key}${'Thank you for order 12 of 2026. '.repeat(100)}`,
]

describe('a card key in a text', () => {
  test('is found by its seal, whatever stands around it and between its letters', () => {
    WRAPPINGS.forEach((wrap, index) => {
      // Others each time: a key that begins or ends oddly is among them.
      for (let serial = index * 40; serial < index * 40 + 40; serial += 1) {
        const key = seal(serial)
        expect([wrap(key), cards(wrap(key)).genuine]).toEqual([wrap(key), [bare(key)]])
      }
    })
  })

  test('is taken out of it, and the words stay', () => {
    const { rest } = cards(`卡密：${seal(1)}，另外明天天气怎么样`)
    expect(rest).toBe('卡密: ,另外明天天气怎么样')
  })

  test('may have others beside it, each found once', () => {
    const keys = Array.from({ length: 30 }, (_, serial) => seal(serial))
    for (const between of ['\n', '，', ' ', '---', ' 卡密：'])
      expect(cards([...keys, ...keys].join(between)).genuine).toEqual(keys.map(bare))
  })

  test.each([
    ['a letter is wrong', seal(5).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a letter is missing', seal(6).slice(0, -1)],
    ['a group is missing', seal(7).slice(0, -7)],
    ['half of it is missing', `卡密 ${seal(8).slice(0, 27)}`],
    ['a U is in it', `兑换${seal(9).slice(0, -1)}U`],
    ['it was never sealed', `您的卡密：${bare(seal(10)).replace(/^./, 'Z')}`],
  ])('is known for what it was meant as when %s', (_why, text) => {
    const found = cards(text)
    expect(found.genuine).toEqual([])
    expect(found.alike).toBeDefined()
  })

  test('costs a bounded number of proofs, however much looks like one', () => {
    let proofs = 0
    const count = () => {
      proofs += 1
      return false
    }
    for (const piece of ['0', 'A1', 'ABC123-', '7G15DY-9X0B5J ', '9 Z', 'abc4 '])
      cardsInText(piece.repeat(20_000 / piece.length), count)
    expect(proofs).toBeLessThanOrEqual(6 * 200)
  })
})
