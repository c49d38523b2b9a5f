/** What an operator did, to whom, with which figures. Never a key, never what a user said. */
export type AuditEntry = {
  at: number
  /** `user@host` of the command line. */
  actor: string
  /** `cards create`, `users block`. */
  act: string
  /** A user id, a batch, a file: what it was done to. */
  subject: string
  details: { [name: string]: string | number | boolean | undefined }
}

export type Audit = {
  note(entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(since: number, limit: number): Promise<AuditEntry[]>
}
