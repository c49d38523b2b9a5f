import { computed, ref, shallowRef, watch } from 'vue'
import {
  type Act,
  type Answer,
  type Bubble,
  type Entry,
  getSettings,
  listen,
  type Phone,
  type Refused,
  type Settings,
} from './api.ts'
import { words } from './texts.ts'
import { hearTickets } from './ticket-of.ts'

const KEY = 'yingda-sandbox-person'
const MAX_ENTRIES = 300

/** Who holds the phone. */
export const person = ref(localStorage.getItem(KEY) ?? 'me')
export const phone = shallowRef<Phone>()
export const entries = shallowRef<Entry[]>([])
export const isConnected = ref(true)
export const settings = shallowRef<Settings>()
/** The address of the QR picture that the page in this browser shows. */
export const heard = ref('')
/** What could not be done, and what to do instead. */
export const trouble = ref('')

type Line = ({ is: 'bubble' } & Bubble) | ({ is: 'act' } & Act)

/** Bubbles and acts as they happened. */
export const lines = computed((): Line[] =>
  [
    ...(phone.value?.messages ?? []).map((bubble) => ({ is: 'bubble' as const, ...bubble })),
    ...(phone.value?.acts ?? []).map((act) => ({ is: 'act' as const, ...act })),
  ].toSorted((a, b) => a.id - b.id),
)

const start = (from: string): (() => void) =>
  listen(from, {
    start(all) {
      phone.value = all.phone
      entries.value = all.entries
      void loadSettings()
    },
    phone(more) {
      const before = phone.value
      phone.value = {
        ...more,
        messages: [...(before?.messages ?? []), ...more.messages],
        acts: [...(before?.acts ?? []), ...more.acts],
      }
    },
    wire(more) {
      entries.value = [...entries.value, ...more].slice(-MAX_ENTRIES)
    },
    connected(is) {
      isConnected.value = is
    },
  })

const loadSettings = async (): Promise<void> => {
  const answer = await getSettings()
  if (answer.ok) settings.value = answer.value
}

/** Listens to whoever holds the phone, and to the page in the other tab, from now on. */
export const live = (): void => {
  hearTickets((qrUrl) => {
    heard.value = qrUrl
  })
  let stop = start(person.value)
  watch(person, (name) => {
    stop()
    localStorage.setItem(KEY, name)
    trouble.value = ''
    phone.value = undefined
    stop = start(name)
  })
}

/** Empties the log that is shown; the service keeps its own. */
export const clearEntries = (): void => {
  entries.value = []
}

/** Notes what went wrong with an act; says whether it went well. */
export const did = (answer: Answer<{ refused?: Refused }>): boolean => {
  const refused = answer.ok ? answer.value.refused : undefined
  trouble.value = answer.ok
    ? refused
      ? words.value.refused[refused]
      : ''
    : answer.reason === 'unreachable'
      ? words.value.unreachable
      : words.value.failed(answer.detail ?? '')
  return answer.ok && refused === undefined
}
