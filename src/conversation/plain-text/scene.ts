import type { Formulas } from '../../markdown/formulas.ts'
import type { Addresses } from './addresses.ts'

/** What every part of a text may need to know of the whole. */
export type Scene = { formulas: Formulas; addresses: Addresses }
