import { onBeforeUnmount, onMounted } from 'vue'

const everyMs = 10_000

/** Runs `act` while the page is looked at: now and then, and at once when somebody comes back to it. */
export const useKeepFresh = (act: () => void): void => {
  let last = Date.now()
  const run = (): void => {
    if (document.visibilityState !== 'visible') return
    // Coming back is told by two events.
    if (Date.now() - last < 1000) return
    last = Date.now()
    act()
  }
  const timer = setInterval(run, everyMs)
  onMounted(() => {
    document.addEventListener('visibilitychange', run)
    window.addEventListener('focus', run)
    window.addEventListener('online', run)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', run)
    window.removeEventListener('focus', run)
    window.removeEventListener('online', run)
  })
}
