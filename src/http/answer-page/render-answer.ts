import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Log } from '../../base/log.ts'
import type { Locale } from '../../conversation/texts.ts'
import { asWritten } from './as-written.ts'
import type { HtmlDone, HtmlJob } from './html-worker.ts'

/** What a page may take to be made; far more than any answer needs. */
const DEADLINE_MS = 5000
/** Answers that wait for others. Beyond it they are shown as they were written. */
const MAX_WAITING = 50
/** Pages that were made last are kept. */
const MAX_KEPT = 200
const MAX_KEPT_CHARS = 8_000_000

type Job = { id: number; answer: string; done: (html: string | undefined) => void }

/**
 * A model's Markdown as safe HTML, made in a thread of its own: parser, highlighter and typesetter are loaded there for
 * the first reader, and however long they take, nobody else waits. Total: what takes too long or fails is shown as it was
 * written.
 */
export const createRenderAnswer = (locale: Locale, log: Log) => {
  const kept = new Map<string, string>()
  const running = new Map<string, Promise<string>>()
  const waiting: Job[] = []
  let keptChars = 0
  let worker: Worker | undefined
  let current: Job | undefined
  let deadline: NodeJS.Timeout | undefined
  let lastId = 0

  const finish = (html: string | undefined): void => {
    clearTimeout(deadline)
    current?.done(html)
    current = undefined
    next()
  }
  const giveUp = (why: string): void => {
    log.error({ why }, 'an answer is shown as written')
    void worker?.terminate()
    worker = undefined
    finish(undefined)
  }
  const started = (): Worker => {
    const thread = new Worker(new URL('./html-worker.ts', import.meta.url), {
      workerData: locale,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    thread.on('message', ({ id, html }: HtmlDone) => {
      if (id === current?.id) finish(html)
    })
    thread.on('error', (err) => {
      if (thread === worker) giveUp(err.message)
    })
    // Listening keeps the process alive, so that this comes last.
    thread.unref()
    return thread
  }
  const next = (): void => {
    current = current ?? waiting.shift()
    if (!current) return
    deadline = setTimeout(() => giveUp('it took too long'), DEADLINE_MS)
    worker ??= started()
    worker.postMessage({ id: current.id, answer: current.answer } satisfies HtmlJob)
  }
  const made = (answer: string): Promise<string | undefined> =>
    new Promise((done) => {
      if (waiting.length >= MAX_WAITING) return done(undefined)
      lastId += 1
      waiting.push({ id: lastId, answer, done })
      if (!current) next()
    })
  const keep = (key: string, html: string): void => {
    kept.set(key, html)
    keptChars += html.length
    for (const [oldest, old] of kept) {
      if (kept.size <= MAX_KEPT && keptChars <= MAX_KEPT_CHARS) return
      kept.delete(oldest)
      keptChars -= old.length
    }
  }
  const render = async (key: string, answer: string): Promise<string> => {
    const html = await made(answer)
    if (html === undefined) return asWritten(answer)
    keep(key, html)
    return html
  }

  return (answer: string): Promise<string> => {
    const key = createHash('sha256').update(answer).digest('base64')
    const known = kept.get(key)
    if (known !== undefined) {
      // Those that are looked at stay.
      kept.delete(key)
      kept.set(key, known)
      return Promise.resolve(known)
    }
    const promise = running.get(key) ?? render(key, answer).finally(() => running.delete(key))
    running.set(key, promise)
    return promise
  }
}
