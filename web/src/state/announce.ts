import { ref } from 'vue'

/** What a screen reader says next; the region that shows it is in App.vue. */
export const announcement = ref('')

export const announce = (text: string): void => {
  // The same words again would be no change.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text
}
