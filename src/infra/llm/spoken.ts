import { isRecord, type JsonRecord } from './json-record.ts'

/** What a delta or a message says. `isAlive`: it thinks, perhaps without showing what. */
export type Spoken = { text: string; thought: string; isAlive: boolean }

const MAX_DEPTH = 8
const THOUGHTS =
  /^(reasoning|thinking|thoughts?|think)(_?(content|text|details|blocks|summary|delta|process))?$/i
const THOUGHT_TYPE = /think|reason|thought/i
/** Parts of a list that are no words of the answer. */
const NO_WORDS =
  /reference|citation|annotation|image|audio|video|file|tool|function|search|source|usage|meta/i

/**
 * The words in a delta or message of any dialect: content as text, as a list of parts, parts in parts; thinking under any
 * of its names, beside the content or in it.
 */
export const spokenIn = (said: unknown): Spoken => {
  const spoken: Spoken = { text: '', thought: '', isAlive: false }
  if (isRecord(said)) {
    for (const [name, value] of Object.entries(said)) if (THOUGHTS.test(name)) think(value, spoken, 0)
  }
  read(said, spoken, 0)
  return spoken
}

const read = (said: unknown, spoken: Spoken, depth: number): void => {
  if (depth > MAX_DEPTH) return
  if (typeof said === 'string') spoken.text += said
  else if (Array.isArray(said)) for (const part of said) read(part, spoken, depth + 1)
  else if (isRecord(said)) {
    const type = typeof said.type === 'string' ? said.type : ''
    if (said.thought === true || THOUGHT_TYPE.test(type)) think(said, spoken, depth)
    else if (!NO_WORDS.test(type) && said.role !== 'tool' && said.role !== 'function')
      read(wordsOf(said), spoken, depth + 1)
  }
}

/** The first that holds something: several hold the same. */
const wordsOf = (said: JsonRecord): unknown =>
  [said.content, said.text, said.parts, said.output_text, said.value, said.response, said.refusal].find(
    (words) => words !== undefined && words !== null && words !== '',
  )

const think = (said: unknown, spoken: Spoken, depth: number): void => {
  if (depth > MAX_DEPTH) return
  if (typeof said === 'string') {
    spoken.thought += said
    spoken.isAlive ||= said !== ''
  } else if (Array.isArray(said)) for (const part of said) think(part, spoken, depth + 1)
  else if (isRecord(said)) {
    // Encrypted thoughts show nothing but that they are there.
    spoken.isAlive = true
    for (const name of ['thinking', 'reasoning', 'text', 'content', 'summary', 'parts'])
      if (said[name] !== undefined) think(said[name], spoken, depth + 1)
  }
}
