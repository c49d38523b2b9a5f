import { computed, ref, shallowRef } from 'vue'
import type { Me, Model, Problem, Quota, Site } from '../../../src/http/contract.ts'
import { getMe, getModels, getSite } from '../api/api.ts'
import { siteSpeaks } from '../texts/texts.ts'
import { forgetStored, store, stored } from './stored.ts'

/** Who this is; undefined while nobody has logged in, or it is not known yet. */
export const me = shallowRef<Me>()
export const site = shallowRef<Site>({
  locale: 'zh-CN',
  aiLabel: true,
  oauth: false,
  sandbox: false,
  accountName: null,
  icpNumber: null,
})
export const models = shallowRef<Model[]>([])

/** The model that this browser asks; undefined: the user's default. */
export const chosenModel = ref(stored('model'))
export const chooseModel = (id: string | undefined): void => {
  chosenModel.value = id
  store('model', id)
}

/** What a question would be asked of, and its price. */
export const askedModel = computed<Model | undefined>(() => {
  const find = (id: string | null | undefined) => models.value.find((each) => each.id === id)
  return find(chosenModel.value) ?? find(me.value?.model)
})

export const loadSite = async (): Promise<Problem | undefined> => {
  const answer = await getSite()
  if (!answer.ok) return answer.problem
  site.value = answer.value
  siteSpeaks(answer.value.locale)
  return undefined
}

/** Undefined when it went well. */
export const loadMe = async (): Promise<Problem | undefined> => {
  const answer = await getMe()
  if (!answer.ok) return answer.problem
  me.value = answer.value
  return undefined
}

export const loadModels = async (): Promise<void> => {
  const answer = await getModels()
  if (answer.ok) models.value = answer.value
}

export const quotaIs = (quota: Quota): void => {
  if (me.value) me.value = { ...me.value, quota }
}

/** Nothing of the one who leaves stays with this browser. */
export const forgetSession = (keepDrafts: boolean): void => {
  me.value = undefined
  models.value = []
  chooseModel(undefined)
  if (!keepDrafts) forgetStored('draft.')
}
