import type { Conversations } from './conversations.ts'
import type { PersonalData } from './personal-data.ts'

const AT_ONCE = 100

/**
 * Everything that is kept of a user, as one JSON document, piece by piece: however much they have written, only a page of
 * it is in memory. Nothing when there is no such user.
 */
export async function* exportData(
  parts: { conversations: Pick<Conversations, 'list' | 'turns'>; personalData: PersonalData },
  userId: string,
  now: number,
): AsyncGenerator<string> {
  const records = await parts.personalData.records(userId)
  if (!records) return
  const head = JSON.stringify({ exportedAt: now, ...records }, undefined, 2)
  yield `${head.slice(0, -2)},\n  "ledger": [`
  yield* listOf(ledgerOf(parts.personalData, userId))
  yield '],\n  "conversations": ['
  yield* conversationsOf(parts.conversations, userId, now)
  yield ']\n}\n'
}

async function* ledgerOf({ entries }: PersonalData, userId: string): AsyncGenerator<object> {
  for (let after = 0; ; ) {
    const page = await entries(userId, { limit: AT_ONCE, after })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < AT_ONCE) return
    after = last.id
  }
}

async function* conversationsOf(
  conversations: Pick<Conversations, 'list' | 'turns'>,
  userId: string,
  now: number,
): AsyncGenerator<string> {
  let isFirst = true
  for (let after: { updatedAt: number; id: string } | undefined; ; ) {
    const page = await conversations.list(userId, { limit: AT_ONCE, after })
    for (const conversation of page) {
      const head = JSON.stringify(conversation)
      yield `${isFirst ? '' : ','}\n    ${head.slice(0, -1)},"turns":[`
      isFirst = false
      yield* listOf(turnsOf(conversations, userId, conversation.id, now))
      yield ']}'
    }
    after = page.at(-1)
    if (!after || page.length < AT_ONCE) return
  }
}

/** Newest first: what is asked meanwhile is not met twice. */
async function* turnsOf(
  { turns }: Pick<Conversations, 'turns'>,
  userId: string,
  id: string,
  now: number,
): AsyncGenerator<object> {
  for (let before: string | undefined; ; ) {
    const page = await turns(userId, id, { limit: AT_ONCE, before }, now)
    for (const { userId: _, ...turn } of page.toReversed()) yield turn
    before = page[0]?.id
    if (before === undefined || page.length < AT_ONCE) return
  }
}

async function* listOf(items: AsyncGenerator<object>): AsyncGenerator<string> {
  let isFirst = true
  for await (const item of items) {
    yield `${isFirst ? '' : ','}\n    ${JSON.stringify(item)}`
    isFirst = false
  }
}
