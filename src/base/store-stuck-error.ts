/**
 * A store is locked or gives no answer, and whoever asked has waited long enough. Code `store-stuck`. What was asked of
 * it may be done all the same.
 */
export class StoreStuckError extends Error {
  readonly code = 'store-stuck'
}
