import { expect, test } from '@jest/globals'
import { createInProcessQueue } from '../../src/infra/queue/in-process-queue.ts'
import { logTo } from '../support/log-to.ts'
import { until } from '../support/until.ts'

test.each([
  { random: 0, pausesMs: [1_000, 2_000, 4_000, 8_000] },
  { random: 0.5, pausesMs: [750, 1_500, 3_000, 6_000] },
  { random: 0.999_999, pausesMs: [500, 1_000, 2_000, 4_000] },
])('doubles its pauses and takes up to half off by chance ($random)', async ({ random, pausesMs }) => {
  const slept: number[] = []
  const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) }
  const { log, lines } = logTo()
  const queue = createInProcessQueue({ clock, log, random: () => random })
  await queue.work(() => Promise.reject(new Error('no')), 1)
  await queue.add('trn_1')
  await until(() => lines.length === 5)
  expect(slept).toEqual(pausesMs)
  await queue.close()
})
