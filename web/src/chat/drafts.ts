import { store, stored } from '../state/stored.ts'

/** What was typed and not sent yet, for each conversation. */
export const draftOf = (conversationId: string): string => stored(`draft.${conversationId}`) ?? ''

export const keepDraft = (conversationId: string, text: string): void =>
  store(`draft.${conversationId}`, text.trim() === '' ? undefined : text)
