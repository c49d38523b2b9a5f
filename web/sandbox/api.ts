import type {
  AccountKind,
  Mode,
  Phone,
  Phrase,
  Settings as PlatformSettings,
  Refused,
  WireEntry,
} from '../../src/sandbox/shown.ts'

export type {
  AccountKind as Kind,
  Mode,
  Phone,
  PhoneAct as Act,
  PhoneMessage as Bubble,
  Refused,
  WireEntry as Entry,
} from '../../src/sandbox/shown.ts'

/** What the sandbox's settings route answers. */
export type Settings = PlatformSettings & {
  account: { appId: string; ghId: string }
  phrases: Phrase[]
}

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
export const changeSettings = (change: { kind?: AccountKind; mode?: Mode }) =>
  call<Settings>('/settings', change)
export const send = (from: string, text: string, menuTap?: string) =>
  act('/send', { from, text, ...(menuTap ? { menuTap } : {}) })
export const follow = (from: string) => act('/follow', { from })
export const unfollow = (from: string) => act('/unfollow', { from })
export const scan = (from: string, ticket: string) => act('/scan', { from, ticket })
export const tapMenu = (from: string, key: string) => act('/menu', { from, key })

export type Told = {
  start(all: { phone: Phone; entries: WireEntry[] }): void
  phone(phone: Phone): void
  wire(entries: WireEntry[]): void
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
      told.start(data as { phone: Phone; entries: WireEntry[] })
    })
    on('phone', (data) => told.phone(data as Phone))
    on('wire', (data) => told.wire((data as { entries: WireEntry[] }).entries))
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
