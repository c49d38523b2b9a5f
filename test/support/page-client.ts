import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { SandboxServer } from '../../src/sandbox/server.ts'

export type Answered = { status: number; headers: Headers; body: Body; text: string }
/** What a test looks at is its own affair: the description checks the shape. */
type Body = ReturnType<typeof JSON.parse>

export type SseEvent = { id?: string; type: string; data: Body }

export type PageClient = {
  /** Sends the cookies it was given, and our own Origin with everything that changes something. */
  call(method: string, path: string, body?: unknown, headers?: { [name: string]: string }): Promise<Answered>
  /** The events until the stream ends, or until `enough` says so. */
  events(
    path: string,
    options?: { lastId?: string; enough?: (all: SseEvent[]) => boolean },
  ): Promise<SseEvent[]>
  cookies: Map<string, string>
}

/** The page's side of the API, without a page. Every answer is held against `/api/openapi.json`. */
export const createPageClient = (url: string, description: Description): PageClient => {
  const cookies = new Map<string, string>()
  const headersOf = (more: { [name: string]: string } = {}) => ({
    ...(cookies.size > 0
      ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
      : {}),
    ...more,
  })
  const keep = (headers: Headers) => {
    for (const each of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      if (/max-age=0(;|$)/i.test(each)) cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  return {
    cookies,
    async call(method, path, body, headers) {
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: headersOf({
          ...(method === 'GET' ? {} : { origin: url }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        }),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      keep(response.headers)
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      const answered = { status: response.status, headers: response.headers, text, body: undefined as Body }
      if (isJson) answered.body = JSON.parse(text)
      description.check(method, path, answered)
      return answered
    },
    async events(path, { lastId, enough = () => false } = {}) {
      const hangUp = new AbortController()
      const response = await fetch(url + path, {
        headers: headersOf(lastId === undefined ? {} : { 'last-event-id': lastId }),
        signal: hangUp.signal,
      })
      if (!response.ok || !response.body)
        throw new Error(`${path}: ${response.status} ${await response.text()}`)
      const all: SseEvent[] = []
      let rest = ''
      try {
        for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
          rest += piece
          const blocks = rest.split('\n\n')
          rest = blocks.pop() ?? ''
          all.push(...blocks.flatMap(readEvent))
          if (enough(all)) return all
        }
        return all
      } finally {
        hangUp.abort()
      }
    },
  }
}

const readEvent = (block: string): SseEvent[] => {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^\w*: ?/, '')]),
  )
  const [type, data, id] = [fields.get('event'), fields.get('data'), fields.get('id')]
  if (type === undefined || data === undefined) return []
  return [{ type, data: JSON.parse(data), ...(id === undefined ? {} : { id }) }]
}

export type Description = {
  check(method: string, path: string, answered: Omit<Answered, 'text'>): void
  /** `METHOD path status`, of everything that was checked. */
  seen: Set<string>
}

/** Reads `/api/openapi.json` and holds answers against it. */
export const readDescription = async (url: string): Promise<Description> => {
  const document = await (await fetch(`${url}/api/openapi.json`)).json()
  const ajv = new Ajv2020({ strict: false, formats: { date: /^\d{4}-\d\d-\d\d$/ } })
  ajv.addSchema({ $id: 'api', ...document })
  const compiled = new Map<string, ValidateFunction>()
  const seen = new Set<string>()
  const patterns = Object.keys(document.paths).map((path) => ({
    ...{ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) },
  }))

  return {
    seen,
    check(method, path, { status, headers, body }) {
      const [plain = ''] = path.split('?')
      const found =
        patterns.find((each) => each.path === plain) ?? patterns.find(({ pattern }) => pattern.test(plain))
      if (!found) return
      const operation = document.paths[found.path][method.toLowerCase()]
      const response = operation?.responses[status]
      if (!response)
        throw new Error(`${method} ${found.path} may not answer ${status}: ${JSON.stringify(body)}`)
      seen.add(`${method} ${found.path} ${status}`)
      const [type = ''] = (headers.get('content-type') ?? '').split(';')
      const content = response.content?.[type]
      if (!content?.schema || type === 'text/event-stream') return
      const pointer = [
        'paths',
        found.path,
        method.toLowerCase(),
        'responses',
        status,
        'content',
        type,
        'schema',
      ]
      const key = `api#/${pointer.map((each) => encodeURIComponent(String(each).replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`
      const validate = compiled.get(key) ?? ajv.compile({ $ref: key })
      compiled.set(key, validate)
      if (!validate(body))
        throw new Error(
          `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(body)}`,
        )
    },
  }
}

/** Scans the QR code that the page shows, and types the code that the account says. */
export const logIn = async (
  client: PageClient,
  { platform }: SandboxServer,
  openid: string,
): Promise<void> => {
  const { body: ticket } = await client.call('POST', '/api/login/tickets')
  await platform.scan(openid, new URL(ticket.qrUrl).searchParams.get('ticket') ?? '')
  const said = platform.phone(openid).messages.at(-1)?.text ?? ''
  const code = /\d{6,8}/.exec(said)?.[0] ?? ''
  const { status, text } = await client.call('POST', '/api/login', { code })
  if (status !== 200) throw new Error(`no login: ${status} ${text}`)
}
