import { type Database, engineOf, openDatabase } from '../db/database.ts'

/** A server may have a large table to count or to empty, in one statement. */
const LARGE_MS = 600_000

export const openPatiently = (url: string): Database =>
  engineOf(url) === 'mysql' ? openDatabase(url, LARGE_MS) : openDatabase(url)
