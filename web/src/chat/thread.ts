import { computed, ref, shallowReactive, shallowRef } from 'vue'
import type { Problem, Turn } from '../../../src/http/contract.ts'
import { ask, getTurns, getTurnsAt, stopTurn } from '../api/api.ts'
import type { Answer } from '../api/request.ts'
import { askedTurn, type Entry, entryOf, isRunning, type Unsent } from './entry.ts'
import { followEntry } from './follow-entry.ts'

const pageSize = 30

/** One conversation as far as it was read. `ended` is told each turn that comes to its end while it is watched. */
export const createThread = (conversationId: string, ended: (turn: Turn) => void) => {
  const entries = shallowRef<Entry[]>([])
  const unsent = shallowRef<Unsent[]>([])
  const problem = shallowRef<Problem>()
  const olderProblem = shallowRef<Problem>()
  const olderAt = shallowRef<string>()
  const isLoaded = ref(false)
  const isLoadingOlder = ref(false)
  const following = new Map<string, () => void>()
  let isClosed = false

  const follow = (entry: Entry): void => {
    const { id } = entry.turn
    if (isClosed || !isRunning(entry.turn) || following.has(id)) return
    const close = followEntry(entry, () => {
      following.delete(id)
      ended(entry.turn)
    })
    following.set(id, close)
  }

  /** Ids sort by time. What is being followed knows better than a list. */
  const take = (turns: Turn[]): void => {
    const known = new Map(entries.value.map((entry) => [entry.turn.id, entry]))
    for (const turn of turns) {
      const entry = known.get(turn.id)
      if (!entry) known.set(turn.id, entryOf(turn))
      else if (!following.has(turn.id)) entry.turn = turn
    }
    entries.value = [...known.values()].sort((a, b) => (a.turn.id < b.turn.id ? -1 : 1))
    for (const entry of entries.value) follow(entry)
  }

  /** The newest turns, and whatever came in by WeChat meanwhile. */
  const refresh = async (): Promise<void> => {
    const answer = await getTurns(conversationId, pageSize)
    if (isClosed) return
    problem.value = answer.ok || isLoaded.value ? undefined : answer.problem
    if (!answer.ok) return
    const isGap =
      answer.next !== undefined &&
      !answer.value.some(({ id }) => entries.value.some((entry) => entry.turn.id === id))
    if (isGap) entries.value = entries.value.filter(({ turn }) => following.has(turn.id))
    if (isGap || !isLoaded.value) olderAt.value = answer.next
    take(answer.value)
    isLoaded.value = true
  }

  const loadOlder = async (): Promise<void> => {
    if (olderAt.value === undefined || isLoadingOlder.value) return
    isLoadingOlder.value = true
    const answer: Answer<Turn[]> = await getTurnsAt(olderAt.value)
    isLoadingOlder.value = false
    olderProblem.value = answer.ok ? undefined : answer.problem
    if (isClosed || !answer.ok) return
    olderAt.value = answer.next
    take(answer.value)
  }

  const deliver = async (question: Unsent): Promise<void> => {
    question.problem = undefined
    const { text, model, key } = question
    const body = { text, ...(model === undefined ? {} : { model }) }
    const answer = await ask(conversationId, body, key)
    if (isClosed) return
    if (!answer.ok) {
      question.problem = answer.problem
      return
    }
    unsent.value = unsent.value.filter((each) => each !== question)
    take([askedTurn(answer.value.turnId, conversationId, text, model)])
  }

  const send = (text: string, model: string | undefined): Promise<void> => {
    const key = `${Date.now().toString(36)}-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('')}`
    const question: Unsent = shallowReactive({ key, text, model, problem: undefined })
    unsent.value = [...unsent.value, question]
    return deliver(question)
  }

  const discard = (question: Unsent): void => {
    unsent.value = unsent.value.filter((each) => each !== question)
  }

  /** The one that is being answered, or the first that waits. */
  const running = computed(() => entries.value.find(({ turn }) => isRunning(turn)))

  const stop = async (): Promise<Problem | undefined> => {
    if (!running.value) return undefined
    const answer = await stopTurn(running.value.turn.id)
    return answer.ok ? undefined : answer.problem
  }

  const close = (): void => {
    isClosed = true
    for (const end of following.values()) end()
    following.clear()
  }

  return {
    ...{ conversationId, entries, unsent, problem, isLoaded, running },
    ...{ olderAt, olderProblem, isLoadingOlder },
    ...{ refresh, loadOlder, send, deliver, discard, stop, close },
  }
}

export type Thread = ReturnType<typeof createThread>
