import type { Ask } from '../ask.ts'
import type { Rule } from '../rulebook.ts'

/** Whatever no other rule took and is text becomes a turn. */
export const question = (ask: Ask): Rule =>
  async function question(incoming, next) {
    return incoming.said.kind === 'text' ? ask(incoming, incoming.said.text) : next()
  }
