/** What the sandbox's routes answer. Times are milliseconds since the epoch. */
export type Kind = 'service' | 'verified' | 'unverified'
export type Mode = 'plain' | 'compat' | 'secure'

export type Bubble = {
  id: number
  from: 'user' | 'account' | 'system'
  kind: string
  text: string
  at: number
  via?: 'reply' | 'push'
  aiLabel?: true
}

export type Act = { id: number; at: number; act: 'follow' | 'unfollow' | 'scan' | 'menu'; key?: string }

export type Phone = {
  openid: string
  following: boolean
  typing: boolean
  waiting: boolean
  messages: Bubble[]
  acts: Act[]
}

export type Entry = {
  id: number
  at: number
  direction: 'to-app' | 'from-app'
  kind: 'message' | 'event' | 'check' | 'api'
  subject: string
  attempt?: number
  what: string
  url?: string
  status?: number
  tookMs?: number
  outcome?: string
  failed?: true
  plain: string
  cipher?: string
}

export type Phrase = { zh: string; en: string; number?: string; does: string }

export type Settings = {
  kind: Kind
  mode: Mode
  callbackUrl: string
  account: { appId: string; ghId: string }
  phrases: Phrase[]
}

export type Refused = 'not-following' | 'unknown-ticket' | 'expired-ticket'

/** `unreachable`: the service did not answer; `failed`: it answered with an error. */
export type Answer<Value> =
  | { ok: true; value: Value }
  | { ok: false; reason: 'unreachable' | 'failed'; detail?: string }

const BASE = '/sandbox'

const call = async <Value>(path: string, body?: unknown): Promise<Answer<Value>> => {
  const init: RequestInit = body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    : {}
  try {
    const response = await fetch(`${BASE}${path}`, init)
    const json = await response.json()
    if (response.ok) return { ok: true, value: json }
    return { ok: false, reason: 'failed', detail: String(json.detail ?? response.status) }
  } catch {
    return { ok: false, reason: 'unreachable' }
  }
}

/** What happens next comes through the stream of events: nothing here waits for the bot. */
const act = (path: string, body: unknown) => call<{ refused?: Refused }>(`${path}?wait=no`, body)

export const getSettings = () => call<Settings>('/settings')
export const changeSettings = (change: { kind?: Kind; mode?: Mode }) => call<Settings>('/settings', change)
export const send = (from: string, text: string, menuTap?: string) =>
  act('/send', { from, text, ...(menuTap ? { menuTap } : {}) })
export const follow = (from: string) => act('/follow', { from })
export const unfollow = (from: string) => act('/unfollow', { from })
export const scan = (from: string, ticket: string) => act('/scan', { from, ticket })
export const tapMenu = (from: string, key: string) => act('/menu', { from, key })

export type Told = {
  start(all: { phone: Phone; entries: Entry[] }): void
  phone(phone: Phone): void
  wire(entries: Entry[]): void
  connected(is: boolean): void
}

const AGAIN_MS = 1500

/** Listens until told to stop; comes back after the service was away. Returns how to stop. */
export const listen = (from: string, told: Told): (() => void) => {
  let source: EventSource | undefined
  let timer = 0
  const open = () => {
    source = new EventSource(`${BASE}/events?from=${encodeURIComponent(from)}`)
    const on = (name: string, run: (data: unknown) => void) =>
      source?.addEventListener(name, (event) => run(JSON.parse(event.data)))
    on('start', (data) => {
      told.connected(true)
      told.start(data as { phone: Phone; entries: Entry[] })
    })
    on('phone', (data) => told.phone(data as Phone))
    on('wire', (data) => told.wire((data as { entries: Entry[] }).entries))
    source.onerror = () => {
      told.connected(false)
      source?.close()
      timer = window.setTimeout(open, AGAIN_MS)
    }
  }
  open()
  return () => {
    window.clearTimeout(timer)
    source?.close()
  }
}
