import { createPersonHash } from '../../src/identity/person-hash.ts'

/** Hashes under a fixed secret. */
export const testPersonHash = createPersonHash({ current: Buffer.alloc(32, 1), previous: [] })
