import type { Config } from '../base/config.ts'
import { say } from '../base/say.ts'
import {
  lastBatch,
  MIGRATIONS_DIR,
  migrate,
  migrationStatus,
  openForMigrating,
  programMigrations,
  undoLastMigration,
} from '../infra/db/migrate.ts'
import { canLiveWith, readSteps, type Step } from '../infra/db/schema-steps.ts'

export type Steps = { [name: string]: Step }

/** The schema of the configured database, for the operator. */
export const openSchema = ({ DATABASE_URL: url }: Config) => {
  const database = openForMigrating(url)
  return {
    /** File names of migrations, oldest first. `unknown`: applied by a newer program. */
    status: () => migrationStatus(database.knex),
    up: () => migrate(database, url),
    /** Which migrations `down` would take back. */
    last: () => lastBatch(database.knex),
    /** Takes the newest batch of migrations back, and what was stored in it with it. */
    down: () => undoLastMigration(database, url),
    close: database.close,
  }
}

/** What this program's migrations say of themselves. */
export const programSteps = (directory = MIGRATIONS_DIR): Promise<Steps> =>
  readSteps(directory, programMigrations(directory))

/** What another version says of itself and its database: `yingda migrate status --json`. */
export type SchemaOf = {
  applied: string[]
  pending: string[]
  unknown: string[]
  steps?: Steps | undefined
}

/** `pending`: what this program would do to the database. `problem`: one line, when that had better not be done. */
export type UpgradeVerdict = { pending: string[]; steps: Steps; problem: string | undefined }

/**
 * Whether this program can come after the one that runs: whether it knows the database, and whether the one that runs can
 * live with what this one will do to it, beside it and after being put back. Looks at no database.
 */
export const judgeUpgrade = async (
  running: SchemaOf,
  directory = MIGRATIONS_DIR,
): Promise<UpgradeVerdict> => {
  const ours = programMigrations(directory)
  const steps = await programSteps(directory)
  const pending = ours.filter((name) => !running.applied.includes(name))
  return { pending, steps, problem: foreignTo(ours, pending, running) ?? tooMuchFor(running, pending, steps) }
}

const foreignTo = (
  ours: readonly string[],
  pending: readonly string[],
  { applied, steps = {} }: SchemaOf,
): string | undefined => {
  const foreign = applied.filter((name) => !ours.includes(name))
  const [first] = foreign
  if (first === undefined) return undefined
  if (pending.length === 0 && foreign.every((name) => canLiveWith(steps[name], ours))) return undefined
  return say({
    zh: `数据库已经做过 ${first}，这个版本不认识，也不能与它共存：请改用更新的版本，或恢复那之前的备份`,
    en: `the database has had ${first}, which this version does not know and cannot live with: take a newer version, or restore a backup made before it`,
  })
}

const tooMuchFor = (
  { applied, pending: theirs, unknown }: SchemaOf,
  pending: readonly string[],
  steps: Steps,
): string | undefined => {
  const known = [...applied.filter((name) => !unknown.includes(name)), ...theirs]
  const name = pending.find((each) => !known.includes(each) && !canLiveWith(steps[each], known))
  const step = name === undefined ? undefined : steps[name]
  if (typeof step !== 'object') return undefined
  return say({
    zh: `${name} 会去掉正在运行的版本还在用的东西：请先上线一个有 ${step.contract} 的版本，再上线这个版本`,
    en: `${name} takes away what the running version still uses: go live first with a version that has ${step.contract}, then with this one`,
  })
}
