import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import type { LoginTicket, Problem } from '../../../src/http/contract.ts'
import { openTicket } from '../api/api.ts'
import { followTicket } from '../api/ticket-events.ts'

export type TicketState = 'opening' | 'waiting' | 'scanned' | 'expired' | 'failed'

/**
 * A ticket while its page is open: asked for anew once by itself when it has expired and nobody has begun to type, then at a
 * tap alone.
 */
export const useTicket = (on: { scanned(): void; expired(): void; isIdle(): boolean }) => {
  const ticket = shallowRef<LoginTicket>()
  const state = ref<TicketState>('opening')
  const problem = shallowRef<Problem>()
  let unfollow = (): void => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let renewed = 0

  const open = async (): Promise<void> => {
    unfollow()
    clearTimeout(timer)
    problem.value = undefined
    const answer = await openTicket()
    if (!answer.ok) {
      problem.value = answer.problem
      state.value = 'failed'
      return
    }
    ticket.value = answer.value
    state.value = 'waiting'
    unfollow = followTicket(answer.value.ticket, { scanned, expired })
    // Where nothing can be heard, the clock tells.
    timer = setTimeout(expired, Math.max(0, answer.value.expiresAt - Date.now()))
  }

  const scanned = (): void => {
    state.value = 'scanned'
    on.scanned()
  }

  const expired = (): void => {
    if (state.value === 'expired') return
    unfollow()
    clearTimeout(timer)
    const isIdle = state.value === 'waiting' && on.isIdle() && document.visibilityState === 'visible'
    state.value = 'expired'
    if (!isIdle || renewed > 0) {
      on.expired()
      return
    }
    renewed += 1
    void open()
  }

  onMounted(open)
  onBeforeUnmount(() => {
    unfollow()
    clearTimeout(timer)
  })
  return { ticket, state, problem, open }
}
