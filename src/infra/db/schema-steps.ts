import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Knex } from 'knex'

/**
 * What a migration is to a program that does not know it, as the file exports it by the name `step`. expand: it only
 * adds, and the program works on. contract: it takes away what programs used that do not know the named earlier
 * migration; whoever knows that one works on.
 */
export type Step = 'expand' | { contract: string }

/** A migration does not say which step it is, or not rightly. Code `migration-step`. */
export class MigrationStepError extends Error {
  readonly code = 'migration-step'
}

const TABLE = 'schema_steps'

/** Whether a program that knows the migrations `known` works on a database that has had this step. */
export const canLiveWith = (step: Step | undefined, known: readonly string[]): boolean =>
  step === 'expand' || (step !== undefined && known.includes(step.contract))

/**
 * What each of these files says of itself.
 * @throws MigrationStepError when one does not, or names none of the files before it
 */
export const readSteps = async (
  directory: string,
  names: readonly string[],
): Promise<{ [name: string]: Step }> => {
  const steps: { [name: string]: Step } = {}
  for (const [index, name] of names.entries()) {
    const exported: unknown = await import(pathToFileURL(join(directory, name)).href)
    steps[name] = stepOf(name, exported, names.slice(0, index))
  }
  return steps
}

const stepOf = (name: string, exported: unknown, earlier: readonly string[]): Step => {
  const said = typeof exported === 'object' && exported && 'step' in exported ? exported.step : undefined
  if (said === 'expand') return said
  const contract = typeof said === 'object' && said && 'contract' in said ? said.contract : undefined
  if (typeof contract !== 'string')
    throw new MigrationStepError(
      `${name} does not say which step it is: export step = 'expand' or { contract: NAME }`,
    )
  if (!earlier.includes(contract))
    throw new MigrationStepError(`${name} is a contract of ${contract}, which is no migration before it`)
  return { contract }
}

/** Of migrations the database has had, as far as it knows. */
export const keptSteps = async (knex: Knex): Promise<{ [name: string]: Step }> => {
  if (!(await knex.schema.hasTable(TABLE))) return {}
  const rows: { name: string; contract_of: string | null }[] = await knex(TABLE).select('name', 'contract_of')
  return Object.fromEntries(
    rows.map(({ name, contract_of: contract }) => [name, contract === null ? 'expand' : { contract }]),
  )
}

/** Writes down what a program that does not know these migrations will want to know, if there is a table for it yet. */
export const keepSteps = async (knex: Knex, steps: { [name: string]: Step }): Promise<void> => {
  const rows = Object.entries(steps).map(([name, step]) => ({
    name,
    contract_of: step === 'expand' ? null : step.contract,
  }))
  if (rows.length === 0 || !(await knex.schema.hasTable(TABLE))) return
  await knex(TABLE).insert(rows).onConflict('name').merge()
}

/** Those of migrations that were taken back. */
export const forgetSteps = async (knex: Knex, names: readonly string[]): Promise<void> => {
  if (names.length > 0 && (await knex.schema.hasTable(TABLE)))
    await knex(TABLE).whereIn('name', names).delete()
}
