/**
 * So many questions of a person may end a day, in Shanghai, with a call of the model but nothing to show, and cost nothing:
 * what is refused or stopped before its first word, or given up before it was read. Each after these is charged.
 */
export const FREE_ENDS_A_DAY = 5

/** Forgets the counts of days before `day` (since 1970-01-01, in Shanghai), at most `limit`. */
export type ForgetFreeEnds = (day: number, limit: number) => Promise<void>
