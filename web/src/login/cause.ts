import type { LocationQuery } from 'vue-router'
import { texts } from '../texts/texts.ts'

/** What led here, in words; undefined where nobody need be told. The address is anybody's to write. */
export const causeOf = ({ error, said }: LocationQuery): string | undefined => {
  const words = texts().login
  if (typeof error === 'string')
    return Object.hasOwn(words.oauthErrors, error) ? words.oauthErrors[error] : words.oauthFailed
  return typeof said === 'string' && Object.hasOwn(words.causes, said) ? words.causes[said] : undefined
}
