import type { Incoming } from '../incoming.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** A kind sentence for what the bot cannot read, and for a text without any. */
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
      case 'text':
        return said.text.trim() === '' ? { kind: 'say', text: texts.onlyText.empty } : next()
      default:
        return next()
    }
  }
