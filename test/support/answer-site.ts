import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIds } from '../../src/base/ids.ts'
import { createAnswerLinks } from '../../src/conversation/answer-links.ts'
import type { FoundAnswer } from '../../src/conversation/find-answer.ts'
import type { Locale } from '../../src/conversation/texts.ts'
import type { TurnEnding } from '../../src/conversation/turn.ts'
import { answerPage } from '../../src/http/answer-page.ts'
import { createHttp } from '../../src/http/server.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { logTo } from './log-to.ts'

export const ANSWERED_AT = Date.parse('2026-11-23T20:15:00+08:00')

/** The answer page on a port of its own, with the answers that a test puts there. */
export const openAnswerSite = async (
  options: { locale?: Locale; aiLabel?: boolean; icpNumber?: string } = {},
) => {
  const answers = new Map<string, FoundAnswer | Error>()
  const clock = { at: ANSWERED_AT, now: () => clock.at }
  const ids = createIds(clock.now)
  const { log, lines } = logTo()
  const links = createAnswerLinks({
    secrets: { current: Buffer.alloc(32, 5), previous: [] },
    publicUrl: '',
    clock,
  })
  const router = answerPage({
    links,
    findAnswer: async (turnId) => {
      const found = answers.get(turnId)
      if (found instanceof Error) throw found
      return found
    },
    locale: options.locale ?? 'zh-CN',
    aiLabel: options.aiLabel ?? true,
    icpNumber: options.icpNumber,
    limits: createMemoryRateLimits(),
    log,
  })
  const server: Server = createServer(
    createHttp([router], ids, log, { trustProxy: 'loopback', publicUrl: 'http://localhost' }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  const get = (path: string, init?: RequestInit) => fetch(base + path, init)
  /** The path of a page with this answer. */
  const put = (answer: string | Error, question = '什么是快速排序？', ending: TurnEnding = 'whole') => {
    const id = ids.next('trn')
    answers.set(id, answer instanceof Error ? answer : { question, answer, ending, answeredAt: ANSWERED_AT })
    return links.urlFor(id)
  }
  const pageOf = async (answer: string, question?: string) => (await get(put(answer, question))).text()
  /** What stands between the tags of the answer alone. */
  const articleOf = async (answer: string) =>
    /<article[^>]*>\n([\s\S]*)\n<\/article>/.exec(await pageOf(answer))?.[1] ?? ''
  return {
    ...{ get, put, pageOf, articleOf },
    base,
    clock,
    lines,
    links,
    forget: () => answers.clear(),
    unknown: () => links.urlFor(ids.next('trn')),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
