import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'

/** What others may do with a file or a folder. */
const OTHERS = 0o077

/** For a program: whatever it makes is its user's alone, files 0600 in folders 0700. */
export const makeAllPrivate = (): void => {
  process.umask(OTHERS)
}

/** The folder of a file that is to be private. */
export const makePrivateFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}

/** Makes the file, empty and for its user alone, unless it is there. */
export const makePrivateFile = (path: string): void => {
  makePrivateFolder(dirname(path))
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    // What cannot be made cannot be opened either: who opens it says why.
    if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'EACCES') throw error
  }
}

/** Those of the paths that are there and that others may read or write. */
export const openToOthers = (paths: readonly string[]): string[] =>
  // Windows has no such modes.
  process.platform === 'win32' ? [] : paths.filter((path) => (modeOf(path) & OTHERS) !== 0)

/** Takes from files that are there what others may do with them, and gives those that could not be changed. */
export const keepPrivate = (files: readonly string[]): string[] =>
  openToOthers(files).filter((path) => {
    try {
      chmodSync(path, 0o600)
      return false
    } catch {
      return true
    }
  })

const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0
