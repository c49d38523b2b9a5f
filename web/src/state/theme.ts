import { computed, ref, watchEffect } from 'vue'
import { store, stored } from './stored.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const dark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(dark.matches)
dark.addEventListener('change', (event) => {
  systemIsDark.value = event.matches
})

export const theme = ref<Theme>(THEMES.find((each) => each === stored('theme')) ?? 'auto')

export const shownTheme = computed<'light' | 'dark'>(() => {
  if (theme.value !== 'auto') return theme.value
  return systemIsDark.value ? 'dark' : 'light'
})

export const setTheme = (next: Theme): void => {
  theme.value = next
  store('theme', next === 'auto' ? undefined : next)
}

watchEffect(() => {
  document.documentElement.dataset.theme = shownTheme.value
})
