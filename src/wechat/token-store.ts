/** An access token as WeChat gave it. `forcedAt`: when a forced refresh was last asked for (30 s apart at least). */
export type StoredToken = { value: string; expiresAt: number; forcedAt?: number }

export type TokenStore = {
  read(): Promise<StoredToken | undefined>
  write(token: StoredToken): Promise<void>
  /** Runs `work` for one caller at a time, over all processes that share the store. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}
