import { describe, expect, test } from '@jest/globals'
import { noMeters } from '../../src/conversation/meters.ts'
import { createPromMeters } from '../../src/infra/metrics/prom-meters.ts'

const linesOf = async ({ expose }: ReturnType<typeof createPromMeters>, name: string): Promise<string[]> =>
  (await expose()).body.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line))

describe('Prometheus meters', () => {
  test('name the program', async () => {
    const prom = createPromMeters({ version: '0.2.0', commit: '3f2a9c1' })
    const info = 'yingda_build_info{version="0.2.0",commit="3f2a9c1"} 1'
    expect(await linesOf(prom, 'yingda_build_info')).toEqual([info])
  })

  test('count turns by outcome, parts by road and expired answers', async () => {
    const prom = createPromMeters()
    prom.meters.turnEnded('answered')
    prom.meters.turnEnded('answered')
    prom.meters.turnEnded('cut-off')
    prom.meters.part('reply')
    prom.meters.part('handed-over')
    prom.meters.expired()
    expect(await linesOf(prom, 'yingda_turns_total')).toEqual([
      'yingda_turns_total{outcome="answered"} 2',
      'yingda_turns_total{outcome="cut-off"} 1',
    ])
    expect(await linesOf(prom, 'yingda_parts_total')).toEqual([
      'yingda_parts_total{road="reply"} 1',
      'yingda_parts_total{road="handed-over"} 1',
    ])
    expect(await linesOf(prom, 'yingda_expired_total')).toEqual(['yingda_expired_total 1'])
  })

  test('count holds by reason and refusals by code', async () => {
    const prom = createPromMeters()
    prom.meters.held('waiting')
    prom.meters.refused(48001)
    prom.meters.refused(-1)
    prom.meters.refused('network')
    expect(await linesOf(prom, 'yingda_holds_total')).toEqual(['yingda_holds_total{reason="waiting"} 1'])
    expect(await linesOf(prom, 'yingda_wechat_refusals_total')).toEqual([
      'yingda_wechat_refusals_total{code="48001"} 1',
      'yingda_wechat_refusals_total{code="-1"} 1',
      'yingda_wechat_refusals_total{code="network"} 1',
    ])
  })

  test('measure the first token, the delivery and the callback', async () => {
    const prom = createPromMeters()
    prom.meters.firstToken(0.4)
    prom.meters.firstToken(2.5)
    prom.meters.delivered('push', 12)
    prom.meters.callback(200, 4.6)
    const first = await linesOf(prom, 'yingda_first_token_seconds_(bucket|sum|count)')
    expect(first).toContain('yingda_first_token_seconds_bucket{le="0.5"} 1')
    expect(first).toContain('yingda_first_token_seconds_bucket{le="3"} 2')
    expect(first).toContain('yingda_first_token_seconds_sum 2.9')
    expect(await linesOf(prom, 'yingda_delivery_seconds_count')).toEqual([
      'yingda_delivery_seconds_count{road="push"} 1',
    ])
    const callbacks = await linesOf(prom, 'yingda_callback_seconds_bucket')
    expect(callbacks).toContain('yingda_callback_seconds_bucket{le="4.5",status="200"} 0')
    expect(callbacks).toContain('yingda_callback_seconds_bucket{le="4.75",status="200"} 1')
  })

  test('take a limited number of reasons, codes and statuses, and clean what they hold', async () => {
    const prom = createPromMeters()
    for (let i = 0; i < 100; i += 1) {
      prom.meters.held(`reason ${i}`)
      prom.meters.refused(i)
      prom.meters.callback(100 + i, 0.1)
    }
    prom.meters.held('reason 0')
    const holds = await linesOf(prom, 'yingda_holds_total')
    expect(holds).toHaveLength(41)
    expect(holds).toContain('yingda_holds_total{reason="reason-0"} 2')
    expect(holds).toContain('yingda_holds_total{reason="other"} 60')
    expect(await linesOf(prom, 'yingda_wechat_refusals_total')).toHaveLength(61)
    expect(await linesOf(prom, 'yingda_callback_seconds_count')).toHaveLength(13)
  })

  test('tell about the process, each registry for itself', async () => {
    const [one, other] = [createPromMeters(), createPromMeters()]
    one.meters.expired()
    expect(await linesOf(one, 'process_resident_memory_bytes')).toHaveLength(1)
    expect(await linesOf(one, 'nodejs_eventloop_lag_seconds')).toHaveLength(1)
    expect(await linesOf(other, 'yingda_expired_total')).toEqual(['yingda_expired_total 0'])
    expect((await one.expose()).contentType).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  test('have a silent stand-in with the same names', () => {
    expect(Object.keys(noMeters)).toEqual(Object.keys(createPromMeters().meters))
    expect(() => noMeters.delivered('reply', 1)).not.toThrow()
  })
})
