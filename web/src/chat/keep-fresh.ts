import { onBeforeUnmount, onMounted } from 'vue'

const everyMs = 4000

/** While the page is looked at: `look` now and then, `comeBack` at once when somebody returns to it. */
export const useKeepFresh = (look: () => void, comeBack: () => void): void => {
  const isSeen = (): boolean => document.visibilityState === 'visible'
  let cameAt = Date.now()
  const onBack = (): void => {
    // Coming back is told by two events.
    if (!isSeen() || Date.now() - cameAt < 1000) return
    cameAt = Date.now()
    comeBack()
  }
  const timer = setInterval(() => isSeen() && look(), everyMs)
  onMounted(() => {
    document.addEventListener('visibilitychange', onBack)
    window.addEventListener('focus', onBack)
    window.addEventListener('online', onBack)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', onBack)
    window.removeEventListener('focus', onBack)
    window.removeEventListener('online', onBack)
  })
}
