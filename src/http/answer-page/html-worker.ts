import { parentPort, workerData } from 'node:worker_threads'
import type { Locale } from '../../conversation/texts.ts'
import { createAnswerHtml } from './answer-html.ts'
import { pageTextsOf } from './texts.ts'

/** What a thread of its own is asked, and what it answers: nothing where the answer cannot be rendered. */
export type HtmlJob = { id: number; answer: string }
export type HtmlDone = { id: number; html: string | undefined }

const answerHtml = createAnswerHtml(pageTextsOf(workerData as Locale))

parentPort?.on('message', ({ id, answer }: HtmlJob) => {
  parentPort?.postMessage({ id, html: htmlOf(answer) } satisfies HtmlDone)
})

const htmlOf = (answer: string): string | undefined => {
  try {
    return answerHtml(answer)
  } catch {
    return undefined
  }
}
