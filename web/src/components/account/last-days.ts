import type { UsageDay } from '../../../../src/http/contract.ts'

const dayMs = 86_400_000
const shanghaiMs = 8 * 3_600_000

/** Every one of the last `count` days in Shanghai, oldest first, those without use as well. */
export const lastDays = (used: readonly UsageDay[], count: number, now: number): UsageDay[] => {
  const known = new Map(used.map((day) => [day.date, day]))
  return Array.from({ length: count }, (_, at) => {
    const date = new Date(now + shanghaiMs - (count - 1 - at) * dayMs).toISOString().slice(0, 10)
    return known.get(date) ?? { date, calls: 0, questions: 0 }
  })
}
