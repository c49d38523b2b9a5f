import { link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { BackupError } from '../../backup/backup-error.ts'
import { dump, headerOf } from '../../backup/dump.ts'
import type { TableSum } from '../../backup/row-sum.ts'
import { readBuild } from '../../base/build.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'
import { writeArchive } from '../../infra/backup/archive.ts'
import { diskFull, isDiskFull } from '../../infra/backup/free-space.ts'
import { openSnapshot } from '../../infra/backup/knex-snapshot.ts'
import { knownTables } from '../../infra/backup/scratch.ts'
import { backupFolder, openWorkplace, type Workplace } from '../../infra/backup/workplace.ts'
import { backupName } from './name.ts'
import type { BackupParts, BackupSettings, TableRows } from './parts.ts'
import { refuseAbsent } from './refuse-absent.ts'
import { currentMark } from './secret-mark.ts'

export type CreatedBackup = {
  /** Path; undefined when it went into a stream. */
  file: string | undefined
  bytes: number
  /** The newest migration, without `.ts`. */
  schema: string
  tables: TableRows
}

/**
 * One instant of the database, written while the service goes on. `out`: a path that is still free, or a stream, which is
 * not ended; without it a file of its own in DATA_DIR/backups. A file is there whole, or not at all.
 * @throws BackupError, or what the database says
 */
export const createBackup = async (
  settings: BackupSettings,
  { out, ...parts }: BackupParts & { out?: string | Writable },
): Promise<CreatedBackup> => {
  const { clock } = parts
  refuseAbsent(settings.DATABASE_URL, 'DATA_DIR (DATABASE_URL)')
  const work = await openWorkplace(settings.DATA_DIR, clock.now())
  try {
    if (out !== undefined && typeof out !== 'string')
      return { file: undefined, ...(await writeSnapshot(settings, work, out, parts)) }
    const now = clock.now()
    // Of one disk with what it is to be called in the end.
    const draft = out === undefined ? work.path('draft') : `${out}.draft-${now.toString(36)}`
    try {
      if (out !== undefined) await refuseTaken(out)
      // Opened before anything else: a stream that cannot be opened says so to nobody.
      const handle = await open(draft, 'wx', 0o600)
      const target = handle.createWriteStream({ flush: true })
      const written = await writeSnapshot(settings, work, target, parts).catch((error) => {
        target.destroy()
        throw error
      })
      const file = out === undefined ? await publishInFolder(settings, draft, now) : out
      if (out !== undefined) await publish(draft, out)
      await syncFolder(dirname(file))
      return { file, ...written }
    } catch (error) {
      await rm(draft, { force: true })
      throw out !== undefined && isPlaceless(error) ? noSuchPlace(out, error) : error
    }
  } catch (error) {
    throw isDiskFull(error) ? diskFull(backupFolder(settings.DATA_DIR)) : error
  } finally {
    await work.close()
  }
}

/** Two that begin in the same millisecond do not get the same name. */
const publishInFolder = async (
  { DATA_DIR, BACKUP_KEY }: BackupSettings,
  draft: string,
  now: number,
): Promise<string> => {
  for (let at = now; ; at += 1) {
    const file = join(backupFolder(DATA_DIR), backupName(at, readBuild().version, BACKUP_KEY !== undefined))
    try {
      await publish(draft, file)
      return file
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
  }
}

/** The name is given at once, and never taken from another; on a disk without links by renaming. */
const publish = async (draft: string, file: string): Promise<void> => {
  try {
    await link(draft, file)
    await rm(draft)
  } catch (error) {
    if (!NO_LINKS.includes(errorCode(error) ?? '')) throw error
    await refuseTaken(file)
    await rename(draft, file)
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

const writeSnapshot = async (
  settings: BackupSettings,
  work: Workplace,
  target: Writable,
  { clock, reached }: BackupParts,
): Promise<Omit<CreatedBackup, 'file'>> => {
  const snapshot = await openSnapshot(settings.DATABASE_URL, async (migrations) => {
    if (migrations.length === 0) throw nothingThere()
    const known = await knownTables(work.path('schema.sqlite'), migrations)
    return known?.tables
  })
  try {
    const header = await headerOf(snapshot, {
      now: clock.now(),
      program: readBuild().version,
      secret: currentMark(settings),
    })
    const sums = new Map<string, TableSum>()
    const text = dump(snapshot, header, { sums, ...(reached ? { reached } : {}) })
    const bytes = await writeArchive(text, target, settings.BACKUP_KEY)
    return { bytes, schema: header.schema, tables: rowsOf(sums) }
  } finally {
    await snapshot.close()
  }
}

export const rowsOf = (sums: ReadonlyMap<string, TableSum>): TableRows =>
  Object.fromEntries([...sums].map(([name, { rows }]) => [name, rows]))

const refuseTaken = async (path: string): Promise<void> => {
  const there = await stat(path).catch(() => undefined)
  if (there) throw Object.assign(new Error(`${path} is there`), { code: 'EEXIST' })
}

/** Renaming is durable when the folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

const isPlaceless = (error: unknown): boolean =>
  ['EEXIST', 'ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')

const noSuchPlace = (path: string, error: unknown): BackupError => {
  const taken = errorCode(error) === 'EEXIST'
  return new BackupError(
    'no-such-place',
    taken
      ? say({ zh: `${path} 已经存在：请换一个文件名`, en: `${path} is there already: choose another name` })
      : say({
          zh: `${path} 写不了（${errorCode(error)}）：请检查文件夹是否存在、有没有写权限`,
          en: `${path} cannot be written (${errorCode(error)}): check that its folder is there and yours to write`,
        }),
  )
}

/** Nothing would be saved, and nobody would notice: the wrong folder was named. */
const nothingThere = (): BackupError =>
  new BackupError(
    'wrong-schema',
    say({
      zh: '数据库里什么也没有：请检查 DATA_DIR 和 DATABASE_URL 是不是服务用的那个',
      en: 'there is nothing in the database: check that DATA_DIR and DATABASE_URL are those of the service',
    }),
  )
