import { operatorLanguage, say, speak, type Words } from '../../src/base/say.ts'

export type Facts = Record<string, string>

/** What was measured on the way, for the docs. */
export const measured: Facts = {}

speak(operatorLanguage(process.env))

export class RehearsalFailed extends Error {}

/** Throws what was expected when it is not so. */
export const check = (holds: boolean, expected: Words, saw?: unknown): void => {
  if (holds) return
  throw new RehearsalFailed(saw === undefined ? say(expected) : `${say(expected)}\n${String(saw).trim()}`)
}

/** A line with how long it took; `work` may say more in a few words. */
export const step = async (title: Words, work: () => Promise<string | undefined>): Promise<void> => {
  const startedAt = performance.now()
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)
  try {
    const more = await work()
    console.log(`✓ ${say(title)}${more ? `${say({ zh: '：', en: ': ' })}${more}` : ''} (${seconds()} s)`)
  } catch (error) {
    console.log(`✗ ${say(title)} (${seconds()} s)`)
    throw error
  }
}
