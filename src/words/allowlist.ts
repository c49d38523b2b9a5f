import { say } from '../base/say.ts'
import type { Reading } from '../base/watched-file.ts'
import { createRemarks, readListLines } from './list-lines.ts'

/** Users whom the operator trusts. */
export type Allowlist = { size: number; has(userId: string, openid: string): boolean }

/**
 * Reads a list of users, one a line, by user id (`usr_…`) or OpenID; what follows a # is a comment. A line that can be
 * neither is noted and passed over; ids, which are personal data, stand in no problem or note.
 */
export const readAllowlist = (bytes: Buffer): Reading<Allowlist> => {
  const read = readListLines(bytes)
  if (!read.ok) return read
  const users = new Set<string>()
  const notes = createRemarks()
  for (const { number, text } of read.lines) {
    const user = text.replace(/#.*/, '').trimEnd()
    if (id.test(user)) users.add(user)
    else
      notes.add(
        say({
          zh: `第 ${number} 行不是用户编号（usr_…）或 OpenID，跳过了`,
          en: `line ${number} is no user id (usr_…) or OpenID and is passed over`,
        }),
      )
  }
  return { ok: true, value: createAllowlist(users), notes: notes.all() }
}

export const createAllowlist = (users: ReadonlySet<string>): Allowlist => ({
  size: users.size,
  has: (userId, openid) => users.has(userId) || users.has(openid),
})

/** As long as the database keeps an OpenID. */
const id = /^[\w-]{1,128}$/
