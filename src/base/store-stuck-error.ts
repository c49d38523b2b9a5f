import { errorCode } from './error-code.ts'

/**
 * A store is locked or gives no answer, and whoever asked has waited long enough. Code `store-stuck`. What was asked of
 * it may be done all the same.
 */
export class StoreStuckError extends Error {
  readonly code = 'store-stuck'
}

/** The connection to a store broke, or there was none: Node's codes, the driver's, the server's. */
const BROKEN =
  /^(E[A-Z]+|PROTOCOL_[A-Z_]+|ER_(SERVER_SHUTDOWN|NORMAL_SHUTDOWN|CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|LOCK_WAIT_TIMEOUT|QUERY_INTERRUPTED))$/

/** True when the same may work in a moment: a store was out of reach, which says nothing about what was asked of it. */
export const isStoreAway = (thrown: unknown): boolean =>
  thrown instanceof StoreStuckError || BROKEN.test(errorCode(thrown) ?? '')
