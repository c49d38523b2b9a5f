/** Who does what only one process should do. */
export type Elections = {
  /** True while `holder` has the office, which it keeps until `until` and may ask for again before that. */
  hold(office: string, holder: string, now: number, until: number): Promise<boolean>
}
