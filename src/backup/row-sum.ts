import { hash } from 'node:crypto'

const MODULUS = 1n << 256n

/**
 * The SHA-256 of every line, added up modulo 2^256: the same rows give the same sum in whatever order an engine's collation
 * puts them.
 */
export const createRowSum = () => {
  let rows = 0
  let sum = 0n
  return {
    add(line: string): void {
      rows += 1
      sum = (sum + BigInt(`0x${hash('sha256', line, 'hex')}`)) % MODULUS
    },
    /** `sha256`: 64 hex digits. */
    total: (): TableSum => ({ rows, sha256: sum.toString(16).padStart(64, '0') }),
  }
}

export type TableSum = { rows: number; sha256: string }
