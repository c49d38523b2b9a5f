import { computed, ref, watchEffect } from 'vue'
import { store, stored } from '../state/stored.ts'
import { en } from './en.ts'
import { type Texts, zhCN } from './zh-CN.ts'

export type Locale = 'zh-CN' | 'en'

const TEXTS: Record<Locale, Texts> = { 'zh-CN': zhCN, en }

/** What this browser chose, else what the service says, else Chinese. */
export const locale = ref<Locale>(localeOf(stored('locale')) ?? 'zh-CN')

function localeOf(value: string | undefined): Locale | undefined {
  return value === 'zh-CN' || value === 'en' ? value : undefined
}

export const siteSpeaks = (site: Locale): void => {
  if (localeOf(stored('locale')) === undefined) locale.value = site
}

export const setLocale = (next: Locale): void => {
  locale.value = next
  store('locale', next)
}

const current = computed(() => TEXTS[locale.value])

/** Every word of the page, in the language of the moment: to be called where it is shown. */
export const texts = (): Texts => current.value

watchEffect(() => {
  document.documentElement.lang = locale.value
})
