import type { Platform } from '../../src/sandbox/platform.ts'

export type Load = {
  messages: number
  /** People who were shown the notice that the account is out of order. */
  notices: number
  /** Callbacks that had to be sent again. */
  retries: number
  slowestMs: number
  /** Why, and how often: `unreachable`, `cut`, or what was answered that WeChat does not take. */
  failed: Record<string, number>
}

/** People who go on writing, commands and questions, until they are told to stop. */
export const startLoad = (platform: Platform, people = 8): { stop(): Promise<Load> } => {
  const load: Load = { messages: 0, notices: 0, retries: 0, slowestMs: 0, failed: {} }
  let going = true
  const write = async (person: number): Promise<void> => {
    const openid = `oLoad${person}`
    for (let count = 0; going; count += 1) {
      const outcome = await platform.send(openid, count % 3 === 2 ? '你好' : '额度')
      load.messages += 1
      if (outcome.notice) load.notices += 1
      load.retries += Math.max(0, outcome.attempts - 1)
      for (const each of outcome.tries) {
        load.slowestMs = Math.max(load.slowestMs, each.tookMs)
        if (each.outcome === 'reply' || each.outcome === 'silent') continue
        const why = each.outcome === 'invalid' ? each.reason : each.outcome
        load.failed[why] = (load.failed[why] ?? 0) + 1
      }
    }
  }
  const people_ = Array.from({ length: people }, (_, person) => write(person))
  return {
    async stop() {
      going = false
      await Promise.all(people_)
      return load
    },
  }
}
