import type { Matcher } from '../../words/matcher.ts'
import type { Question } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** Words that may not be said: some questions are refused, in others the word is masked. */
export const words = (parts: {
  matcher: () => Matcher
  refuse: Refuse
  texts: Pick<Texts, 'refusedWords'>
}): Rule<Question> =>
  async function words(question, next) {
    if (question.exempt) return next()
    const checked = parts.matcher().check(question.text)
    switch (checked.verdict) {
      case 'pass':
        return next()
      case 'mask':
        return next({ ...question, text: checked.text })
      case 'block': {
        const { word, line } = checked
        const refusal = await parts.refuse('words', question.user.id, { word, line })
        return { kind: 'say', text: parts.texts.refusedWords(refusal.code), refusal }
      }
    }
  }
