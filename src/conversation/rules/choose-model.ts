import type { Users } from '../../identity/user.ts'
import { bareText } from '../bare-text.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Said } from '../incoming.ts'
import type { Models } from '../models.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { SecretsInText } from '../secrets/secrets-in-text.ts'
import type { Texts } from '../texts.ts'
import { chosenModel, usableModels } from '../usable-models.ts'

/** A list longer than this fits no message. */
const MAX_LINES = 20

/**
 * 模型: which there are, at what price · 模型 NAME: the user's next questions go to that one. On an own key these are its
 * channel's, for nothing.
 */
export const chooseModel = (parts: {
  users: Pick<Users, 'chooseModel'>
  models: Pick<Models, 'list' | 'offer' | 'ownKeyChannels'>
  secrets: Pick<SecretsInText, 'kindIn'>
  texts: Pick<
    Texts,
    | 'modelsHead'
    | 'modelLine'
    | 'modelLineChosen'
    | 'modelsHow'
    | 'modelsNone'
    | 'modelChosen'
    | 'modelUnknown'
  >
}): Rule<Known> =>
  async function chooseModel({ said, user }, next) {
    const { models, texts } = parts
    if (isCommand(said, COMMANDS.model)) {
      // A choice that is no longer offered is nobody's, until another is made.
      const chosen = user.ownKey ? chosenModel(models, user) : models.offer(user.model)?.id
      const lines = usableModels(models, user)
        .slice(0, MAX_LINES)
        .map(({ id, price }) =>
          id === chosen ? texts.modelLineChosen(id, price) : texts.modelLine(id, price),
        )
      const text =
        lines.length > 0 ? [texts.modelsHead, ...lines, texts.modelsHow].join('\n') : texts.modelsNone
      return { kind: 'say', text }
    }
    const name = wordAfter(said, COMMANDS.model) ?? gluedName(said, usableModels(models, user))
    if (name === undefined) return next()
    const found = usableModels(models, user).find(({ id }) => id.toLowerCase() === name.toLowerCase())
    // More than a word that is no model's name is a sentence that begins with 「模型」.
    if (!found && /\s/.test(name)) return next()
    if (!found && parts.secrets.kindIn(name)) return next()
    if (!found) return { kind: 'say', text: texts.modelUnknown(name.slice(0, 60)) }
    await parts.users.chooseModel(user.id, found.id)
    return { kind: 'say', text: texts.modelChosen(found.id, found.price) }
  }

const MAX_GLUED_CHARS = 160

/** 「模型gpt-5」, where there is such a model. */
const gluedName = (said: Said, usable: readonly { id: string }[]): string | undefined => {
  if (said.kind !== 'text' || said.text.length > MAX_GLUED_CHARS) return undefined
  const bare = bareText(said.text)
  return usable.find(({ id }) => COMMANDS.model.words.some((word) => bare === `${word}${id.toLowerCase()}`))
    ?.id
}
