export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const MAX_BYTES = 64 * 1024
const MAX_MS = 5000
/** What the SDK goes by when it tries again. */
const KEPT_HEADERS = ['retry-after', 'retry-after-ms', 'x-should-retry']

/**
 * Fetches, and reads of a refusal no more than its head, for no longer than seconds. Of a refusal's body the SDK keeps
 * what is a JSON object's `error`, and providers word theirs in many ways: all of it is put there, as `said`.
 */
export const fetchBounded =
  (fetch: Fetch): Fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    if (response.ok) return response
    const said = await headOf(response)
    const headers = new Headers({ 'content-type': 'application/json' })
    for (const name of KEPT_HEADERS) {
      const value = response.headers.get(name)
      if (value !== null) headers.set(name, value)
    }
    // Statuses that allow no body, or lead elsewhere, are no answer to this request.
    const status = response.status >= 400 ? response.status : 502
    return new Response(JSON.stringify({ error: { said } }), { status, headers })
  }

const headOf = async ({ body }: Response): Promise<string> => {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), MAX_MS)
  try {
    while (bytes < MAX_BYTES) {
      const { done, value } = await reader.read()
      if (done) break
      bytes += value.byteLength
      text += decoder.decode(value.subarray(0, MAX_BYTES), { stream: true })
    }
  } catch {
    // What came is enough.
  } finally {
    clearTimeout(timer)
    void reader.cancel().catch(() => {})
  }
  return text.slice(0, MAX_BYTES)
}
