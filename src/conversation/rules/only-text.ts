import type { Incoming } from '../incoming.ts'
import { noQuestionIn } from '../no-question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/**
 * A kind sentence for what the bot cannot read, and for a text that asks nothing. A text of the operator's that is empty
 * has the model asked.
 */
export const onlyText = (texts: Texts): Rule<Incoming> =>
  async function onlyText({ said }, next) {
    switch (said.kind) {
      case 'voice':
      case 'image':
      case 'video':
      case 'location':
      case 'link':
      case 'file':
        return { kind: 'say', text: texts.onlyText[said.kind] }
      case 'text': {
        if (said.text.trim() === '') return { kind: 'say', text: texts.onlyText.empty }
        const text = answerTo(said.text, texts)
        return text === '' ? next() : { kind: 'say', text }
      }
      default:
        return next()
    }
  }

const answerTo = (said: string, { onlyText, smallTalk }: Texts): string => {
  const kind = noQuestionIn(said)
  switch (kind) {
    case undefined:
      return ''
    case 'unsupported':
    case 'sticker':
    case 'signs':
      return onlyText[kind]
    case 'hello':
    case 'thanks':
    case 'nod':
      return smallTalk[kind]
  }
}
