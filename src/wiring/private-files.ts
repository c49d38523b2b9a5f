import { dirname } from 'node:path'
import { appSecretFile } from '../base/app-secret.ts'
import type { Config } from '../base/config.ts'
import { engineOf, sqliteFiles, sqlitePath } from '../infra/db/database.ts'

type Where = Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>

/** What the service keeps that is nobody else's to read, whether it is there or not. */
export const privateFiles = ({ DATA_DIR, DATABASE_URL }: Where): string[] => [
  appSecretFile(DATA_DIR),
  ...(engineOf(DATABASE_URL) === 'sqlite' ? sqliteFiles(DATABASE_URL) : []),
]

/** The folders these are in. Who may look into one sees their names alone. */
export const privateFolders = ({ DATA_DIR, DATABASE_URL }: Where): string[] => [
  ...new Set([DATA_DIR, ...(engineOf(DATABASE_URL) === 'sqlite' ? [dirname(sqlitePath(DATABASE_URL))] : [])]),
]
