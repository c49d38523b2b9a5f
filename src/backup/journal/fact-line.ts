import { z } from 'zod'
import type { Fact } from './journal.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))
const number = z.number().int().min(0)
const person = z.string().regex(/^[\w-]{43}$/)

const redeemedLine = z
  .object({ at: time, redeemed: z.tuple([number, number]), person })
  .transform(({ at, redeemed: [batch, serial], person: personHash }): Fact => {
    return { kind: 'redeemed', at, batch, serial, personHash }
  })
const erasedLine = z
  .object({ at: time, erased: z.enum(['left', 'forgotten']), person })
  .transform(({ at, erased: how, person: personHash }): Fact => ({ kind: 'erased', at, personHash, how }))
const lineSchema = z.union([redeemedLine, erasedLine])
const headSchema = z.object({ since: time })

/** `{"at", "redeemed": [batch, serial], "person"}` or `{"at", "erased": how, "person"}`, without the line's end. */
export const lineOfFact = (fact: Fact): string => {
  const at = new Date(fact.at).toISOString()
  return fact.kind === 'redeemed'
    ? JSON.stringify({ at, redeemed: [fact.batch, fact.serial], person: fact.personHash })
    : JSON.stringify({ at, erased: fact.how, person: fact.personHash })
}

/** The first line of a day. */
export const headLine = (since: number): string => JSON.stringify({ since: new Date(since).toISOString() })

/** Undefined for what is none, such as a line whose end never came to the disk. */
export const factOfLine = (line: string): Fact | undefined => lineSchema.safeParse(parsed(line)).data

export const sinceOfLine = (line: string): number | undefined =>
  headSchema.safeParse(parsed(line)).data?.since

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
