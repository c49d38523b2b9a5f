import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { dedupKeyOf } from '../../src/wechat/dedup-key.ts'
import { type Inbound, readInbound } from '../../src/wechat/message.ts'
import { parseXml } from '../../src/wechat/parse-xml.ts'
import { cdata, parseJsonFields } from '../../src/wechat/xml.ts'

const Sample = z.object({
  id: z.string(),
  type: z.string(),
  xml: z.string().optional(),
  json: z.string().optional(),
  expect: z.string().optional(),
})
const file = readFileSync(new URL('../fixtures/wechat-inbound-samples.json', import.meta.url), 'utf8')
const samples = z.object({ samples: z.array(Sample) }).parse(JSON.parse(file)).samples

const read = ({
  xml,
  json,
}: {
  xml?: string | undefined
  json?: string | undefined
}): Inbound | undefined => {
  const text = xml ?? json ?? ''
  const fields = text.trimStart().startsWith('{') ? parseJsonFields(text) : parseXml(text)
  return fields && readInbound(fields)
}
const sample = (id: string) => {
  const found = samples.find((each) => each.id === id)
  if (!found) throw new Error(`no sample ${id}`)
  return read(found)
}

describe('the inbound samples', () => {
  const readable = samples.filter(({ type }) => type !== 'malformed' && type !== 'encrypted')

  test.each(readable)('$id ($type) is typed', (each) => {
    const inbound = read(each)
    const [kind, name] = each.type.replace('compat:', '').replace('json:', 'event:').split(':')
    expect(inbound?.account).not.toBe('')
    expect(inbound?.openid).not.toBe('')
    const message = inbound?.message
    if (each.id === 's76')
      expect(message).toMatchObject({ type: 'event', event: { type: 'unknown', name: 'some_future_event' } })
    else if (kind === 'event') expect(message).toMatchObject({ type: 'event', event: { name } })
    else if (kind === 'shortvideo') expect(message).toMatchObject({ type: 'video', short: true })
    else if (kind === 'notsure' || kind === 'unknown')
      expect(message).toEqual({ type: 'unknown', name: kind })
    else expect(message?.type).toBe(kind)
  })

  test.each(samples.filter(({ type }) => type === 'malformed'))('$id is refused', (each) => {
    expect(read(each)).toBeUndefined()
  })

  test('every event of a known name is more than unknown', () => {
    const unknown = readable.flatMap((each) => {
      const message = read(each)?.message
      return message?.type === 'event' && message.event.type === 'unknown' ? [message.event.name] : []
    })
    expect(unknown.toSorted()).toEqual(['debug_demo', 'some_future_event', 'user_get_card'])
  })

  test('ids keep all their digits', () => {
    expect(sample('s01')?.messageId).toBe('6260957665266699303')
    expect(
      read({ json: '{"ToUserName":"a","FromUserName":"b","MsgType":"text","MsgId":6260957665266699303}' })
        ?.messageId,
    ).toBe('6260957665266699303')
  })

  test('text is taken literally: markup, entities, line breaks, one space', () => {
    expect(sample('s73')?.message).toEqual({ type: 'text', content: 'no cdata <tag> 😀' })
    expect(sample('s70')?.message).toEqual({ type: 'text', content: ' ' })
    expect(sample('s71')?.message).toMatchObject({ type: 'text', menuId: expect.any(String) })
    expect(sample('s68')?.message).toMatchObject({ content: expect.stringContaining('\n') })
  })

  test('a scene keeps what follows its prefix, other keys are no scene', () => {
    expect(sample('s74')?.message).toMatchObject({
      event: { type: 'subscribe', scene: expect.stringMatching(/^[^q].*[:_ ]/) },
    })
    const trade = read({
      xml: '<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>event</MsgType><Event>subscribe</Event><EventKey>last_trade_no_1</EventKey></xml>',
    })
    expect(trade?.message).toEqual({
      type: 'event',
      event: { type: 'subscribe', name: 'subscribe', key: 'last_trade_no_1' },
    })
  })

  test('details of the richer events are read', () => {
    expect(sample('s26')?.message).toMatchObject({
      event: { type: 'scancode', waits: false, scanType: expect.any(String) },
    })
    expect(sample('s31')?.message).toMatchObject({
      event: { type: 'location-select', label: expect.any(String) },
    })
    expect(sample('s35')?.message).toMatchObject({
      event: { type: 'template-sent', messageId: expect.stringMatching(/^\d+$/) },
    })
    const items = [sample('s37'), sample('s38'), sample('s52'), sample('s53')].map((inbound) =>
      inbound?.message.type === 'event' && inbound.message.event.type === 'subscribe-message'
        ? inbound.message.event.items.length
        : 0,
    )
    expect(items.every((count) => count > 0)).toBe(true)
    const pictures = sample('s28')?.message
    expect(pictures).toMatchObject({ event: { type: 'pictures', count: 1, md5s: [expect.any(String)] } })
  })
})

const body = (content: string) =>
  `<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>text</MsgType>${content}<MsgId>1</MsgId></xml>`

describe('XML', () => {
  test('any text survives CDATA', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // A parser reads every kind of line end as \n; XML says so.
        const expected = text.replaceAll(/\r\n?/g, '\n')
        const content = read({ xml: body(`<Content>${cdata(text)}</Content>`) })?.message
        if (content?.type !== 'text') throw new Error('no text')
        expect(content.content.replaceAll(/\r\n?/g, '\n')).toBe(expected)
      }),
    )
  })

  test.each([
    ['control characters', '<Content><![CDATA[a\u0000\u0008\u001bb]]></Content>', 'a\u0000\u0008\u001bb'],
    ['split CDATA', '<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>', 'a]]>b'],
    ['CDATA beside text', '<Content>x<![CDATA[y]]>z</Content>', 'xyz'],
    ['empty content', '<Content></Content>', ''],
    ['empty CDATA', '<Content><![CDATA[]]></Content>', ''],
    ['no content', '', ''],
    ['attributes', '<Content lang="zh">x</Content>', 'x'],
    ['a DOCTYPE said by the user', '<Content><![CDATA[<!DOCTYPE html>]]></Content>', '<!DOCTYPE html>'],
    [
      'an envelope said by the user',
      '<Content><![CDATA[<Encrypt>x</Encrypt>]]></Content>',
      '<Encrypt>x</Encrypt>',
    ],
  ])('%s is no obstacle', (_name, content, expected) => {
    expect(read({ xml: body(content) })?.message).toEqual({ type: 'text', content: expected })
  })

  test.each([
    ['nothing', ''],
    ['no root', 'hello'],
    ['another root', '<html></html>'],
    ['two roots', '<xml></xml><xml></xml>'],
    ['an unknown entity', body('<Content>&xxe;</Content>')],
    ['a character out of range', body('<Content>&#1114112;</Content>')],
    ['an unclosed CDATA', '<xml><ToUserName><![CDATA[a'],
    ['a root of text', '<xml>hi</xml>'],
    ['an inner DOCTYPE', `<!DOCTYPE x [<!ENTITY e "e">]>${body('')}`],
    ['a prototype', '<xml><__proto__>x</__proto__></xml>'],
  ])('%s is refused', (_name, xml) => {
    expect(read({ xml })).toBeUndefined()
  })

  test('no bytes make the parser throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, cut) => {
        parseXml(text)
        parseXml(body(text).slice(0, cut % 200))
        parseJsonFields(text)
      }),
    )
  })
})

describe('what makes two posts the same message', () => {
  const request = { timestamp: '1', nonce: '2' }
  const keyOf = (xml: string, asked = request) => {
    const inbound = read({ xml })
    if (!inbound) throw new Error('unreadable')
    return dedupKeyOf(inbound, asked)
  }
  const event = (fields: string) =>
    `<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>event</MsgType>${fields}</xml>`

  test('is the MsgId for messages', () => {
    expect(keyOf(body(''))).toBe('m:1')
    expect(keyOf(body('').replace('<MsgId>1', '<MsgId>../../etc'))).toMatch(/^m:[\w-]{43}$/)
  })

  test('is CreateTime, Event and EventKey for events', () => {
    const first = event('<CreateTime>5</CreateTime><Event>CLICK</Event><EventKey>A</EventKey>')
    expect(keyOf(first)).toBe(keyOf(first, { timestamp: '9', nonce: '9' }))
    for (const other of [
      event('<CreateTime>6</CreateTime><Event>CLICK</Event><EventKey>A</EventKey>'),
      event('<CreateTime>5</CreateTime><Event>VIEW</Event><EventKey>A</EventKey>'),
      event('<CreateTime>5</CreateTime><Event>CLICK</Event><EventKey>B</EventKey>'),
    ])
      expect(keyOf(other)).not.toBe(keyOf(first))
  })

  test('is timestamp, nonce and body for a message that has neither', () => {
    const bare = body('<Content>x</Content>').replace('<MsgId>1</MsgId>', '')
    expect(keyOf(bare)).toBe(keyOf(bare))
    expect(keyOf(bare)).not.toBe(keyOf(bare, { timestamp: '1', nonce: '3' }))
    expect(keyOf(bare)).not.toBe(keyOf(bare.replace('>x<', '>y<')))
  })
})
