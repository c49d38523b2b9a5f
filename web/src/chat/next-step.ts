import { texts } from '../texts/texts.ts'

export type NextStep = { to: string; text: string }

/** Where somebody can do something about a refusal themselves; its own words have told them what. */
export const nextStepOf = (code: string): NextStep | undefined => {
  if (code === 'key-in-text') return { to: '/account#own-key', text: texts().chat.bindLink }
  if (/own-?key/i.test(code)) return { to: '/account#own-key', text: texts().chat.ownKeyLink }
  if (/quota|calls|card/i.test(code)) return { to: '/account#redeem', text: texts().chat.redeem }
  return undefined
}
