import { getTurn } from '../api/api.ts'
import { followTurn } from '../api/turn-events.ts'
import { type Entry, isRunning } from './entry.ts'

/** As often as a reader can notice. */
const tellEveryMs = 80

/** Lets an entry say what its turn says, until it has ended. Returns what ends it sooner. */
export const followEntry = (entry: Entry, ended: () => void): (() => void) => {
  let heard = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const tell = (): void => {
    timer = undefined
    entry.said = heard
  }
  const soon = (): void => {
    timer ??= setTimeout(tell, tellEveryMs)
  }
  const finish = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    entry.isLost = false
    ended()
  }
  /** The service keeps the whole turn; true when it has ended. */
  const fetchTurn = async (): Promise<boolean> => {
    const answer = await getTurn(entry.turn.id)
    if (!answer.ok || isRunning(answer.value)) return false
    entry.turn = answer.value
    finish()
    return true
  }

  const close = followTurn(entry.turn.id, {
    start() {
      heard = ''
      entry.isLost = false
      soon()
    },
    delta(text) {
      heard += text
      entry.isLost = false
      if (entry.turn.status === 'waiting') entry.turn = { ...entry.turn, status: 'answering' }
      soon()
    },
    async finish({ usage, charged, ending }) {
      if (await fetchTurn()) return
      const known = { answer: heard, usage, charged, ending, endedAt: Date.now() }
      entry.turn = { ...entry.turn, ...known, status: 'answered' }
      finish()
    },
    async failed(failure) {
      if (await fetchTurn()) return
      entry.turn = { ...entry.turn, status: 'failed', failure, endedAt: Date.now() }
      finish()
    },
    lost() {
      entry.isLost = true
    },
    check: fetchTurn,
  })
  return () => {
    isOver = true
    clearTimeout(timer)
    close()
  }
}
