/** A user's own key, sealed. `tail`: its last characters, all of it that is ever shown. */
export type KeptKey = { channel: string; sealed: string; keyVersion: string; tail: string }

export type OwnKeys = {
  /** In the place of the one before. */
  keep(userId: string, key: KeptKey, now: number): Promise<void>
  find(userId: string): Promise<KeptKey | undefined>
  /** False when there was none. */
  forget(userId: string): Promise<boolean>
}
