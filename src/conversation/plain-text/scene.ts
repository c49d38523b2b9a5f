import type { Addresses } from './addresses.ts'
import type { Formulas } from './formulas.ts'

/** What every part of a text may need to know of the whole. */
export type Scene = { formulas: Formulas; addresses: Addresses }
