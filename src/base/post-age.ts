/** How far WeChat's stamp on a post may be off our clock, either way. A post is a replay after that. */
export const POST_SKEW_MS = 10 * 60_000

/** How long after its first arrival a post may still be taken: it may have come stamped ahead of our clock. */
export const POST_VALID_MS = 2 * POST_SKEW_MS

const HOUR_MS = 3_600_000

/** WeChat repeats a message within seconds; the rest is against replays, and for whoever looks into a complaint. */
export const MESSAGES_FOR_MS = 7 * 24 * HOUR_MS

/** Of an erased person's messages keyed hashes are kept, no longer than replays make it necessary. */
export const SPENT_FOR_MS = HOUR_MS
