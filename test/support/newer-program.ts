import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MIGRATIONS_DIR } from '../../src/infra/db/migrate.ts'

export const NEXT = '29991231000000_next.ts'
export const AFTER = '29991231000001_after.ts'

export const expand = `export const step = 'expand'\n`
export const contractOf = (name: string) => `export const step = { contract: '${name}' }\n`

export const ADDS = `export const up = (knex) => knex.schema.alterTable('users', (table) => {
  table.string('nickname', 40)
})
export const down = (knex) => knex.schema.alterTable('users', (table) => { table.dropColumn('nickname') })
`
export const NOTHING = 'export const up = async () => {}\nexport const down = async () => {}\n'

/** The folder of migrations of a program that has `more` as well. */
export const newerProgram = (more: { [name: string]: string }): { directory: string; remove(): void } => {
  const directory = mkdtempSync(join(tmpdir(), 'yingda-newer-'))
  cpSync(MIGRATIONS_DIR, directory, { recursive: true })
  for (const [name, text] of Object.entries(more)) writeFileSync(join(directory, name), text)
  return { directory, remove: () => rmSync(directory, { recursive: true }) }
}
