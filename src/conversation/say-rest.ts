import type { AnswerLinks } from './answer-links.ts'
import type { Texts } from './texts.ts'

export type SayRestParts = {
  links: Pick<AnswerLinks, 'urlFor' | 'areOpen'>
  texts: Pick<Texts, 'rest' | 'restHere'>
}

/** What stands below a part when more are left, with the address of the whole answer where that leads anywhere. */
export const sayRest = ({ links, texts }: SayRestParts, left: number, turnId: string): string =>
  links.areOpen ? texts.rest(left, links.urlFor(turnId)) : texts.restHere(left)
