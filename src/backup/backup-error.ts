export type BackupFault =
  /** Not one of our files, or not one at all. */
  | 'backup-foreign'
  | 'backup-no-key'
  | 'backup-wrong-key'
  /** Ends before its end. */
  | 'backup-cut-short'
  /** What it says is not what was written. */
  | 'backup-damaged'
  /** Of a newer program: its form, or its schema. */
  | 'backup-too-new'
  /** A table, column or value that the schema has no place for. */
  | 'backup-unfit'
  /** The database to be written into has rows. */
  | 'target-not-empty'
  /** Of a schema that is not this program's. */
  | 'wrong-schema'
  | 'disk-full'
  /** A file of this name is there, or cannot be made. */
  | 'no-such-place'

/** Nothing was changed. The message is one line for the operator, with what to do, in their language. */
export class BackupError extends Error {
  readonly code: BackupFault
  constructor(code: BackupFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupError'
    this.code = code
  }
}
