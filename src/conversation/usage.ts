/** What a user spent and asked on one day in Shanghai, `YYYY-MM-DD`. Calls outlive deleted conversations. */
export type UsageOfDay = { date: string; calls: number; questions: number }

/** The days from the one of `since` to the one of `now`, oldest first, those without anything as well. */
export type UsageOf = (userId: string, since: number, now: number) => Promise<UsageOfDay[]>
