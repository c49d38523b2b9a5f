import { nextTick, onBeforeUnmount, onMounted, type Ref, ref } from 'vue'

const nearPx = 60

/** Keeps a list at its end while its reader is there, and where they are reading otherwise. */
export const useStickToBottom = (box: Ref<HTMLElement | null>, content: Ref<HTMLElement | null>) => {
  const isAtBottom = ref(true)

  const fromBottom = (): number => {
    const element = box.value
    return element ? element.scrollHeight - element.scrollTop - element.clientHeight : 0
  }
  const toBottom = (): void => {
    isAtBottom.value = true
    if (box.value) box.value.scrollTop = box.value.scrollHeight
  }
  let lastTop = 0
  /** Only a reader scrolls up. What grows below them, before it can be followed, is not their doing. */
  const onScroll = (): void => {
    const top = box.value?.scrollTop ?? 0
    if (fromBottom() < nearPx) isAtBottom.value = true
    else if (top < lastTop - 1) isAtBottom.value = false
    lastTop = top
  }
  /** To be called before something is put in above: what is being read stays in its place. */
  const keepPlace = async (): Promise<void> => {
    if (isAtBottom.value) return
    const before = fromBottom()
    await nextTick()
    if (box.value) box.value.scrollTop = box.value.scrollHeight - box.value.clientHeight - before
  }

  const sizes = new ResizeObserver(() => {
    if (isAtBottom.value) toBottom()
  })
  onMounted(() => {
    if (box.value) sizes.observe(box.value)
    if (content.value) sizes.observe(content.value)
  })
  onBeforeUnmount(() => sizes.disconnect())
  return { isAtBottom, toBottom, onScroll, keepPlace }
}
