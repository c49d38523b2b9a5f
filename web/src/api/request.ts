import type { Problem } from '../../../src/http/contract.ts'
import { texts } from '../texts/texts.ts'

/** `next` is the address that a list goes on at. Never thrown: a lost connection is a problem as well. */
export type Answer<Value> =
  | { ok: true; value: Value; next: string | undefined }
  | { ok: false; problem: Problem }

export type Ask = {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  body?: unknown
  /** The same key again is the same question. */
  idempotencyKey?: string
}

const timeoutMs = 30_000

let signedOut = (): void => {}
/** What to do when the service no longer knows who asks. */
export const onSignedOut = (act: () => void): void => {
  signedOut = act
}

export const request = async <Value>(path: string, ask: Ask = {}): Promise<Answer<Value>> => {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' }
  if (ask.body !== undefined) headers['content-type'] = 'application/json'
  if (ask.idempotencyKey !== undefined) headers['idempotency-key'] = ask.idempotencyKey
  try {
    const response = await fetch(path, {
      method: ask.method ?? 'GET',
      headers,
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.ok) {
      const value: Value = response.status === 204 ? undefined : await response.json()
      return { ok: true, value, next: nextOf(response.headers.get('link')) }
    }
    const problem = problemOf(await response.text(), response.status)
    if (response.status === 401 && path !== '/api/login') signedOut()
    return { ok: false, problem }
  } catch {
    return { ok: false, problem: unreachable() }
  }
}

/** Whoever stands in between, a proxy say, answers with no problem of ours. */
const problemOf = (body: string, status: number): Problem => {
  try {
    const problem: Problem = JSON.parse(body)
    if (typeof problem.detail === 'string' && typeof problem.code === 'string') return problem
  } catch {
    // Told below.
  }
  return { ...unreachable(), status, code: 'unavailable', detail: texts().unavailable }
}

const unreachable = (): Problem => ({
  ...{ status: 0, code: 'unreachable', title: '', detail: texts().unreachable, traceId: '' },
})

const nextOf = (link: string | null): string | undefined => {
  const address = /<([^<>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1]
  if (address === undefined) return undefined
  const { pathname, search } = new URL(address, location.origin)
  return pathname + search
}
