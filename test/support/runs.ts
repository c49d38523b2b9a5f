/** How many runs a property has: few in `npm run check`, more in `npm test`, many times as many in `npm run soak`. */
export const runs = (quick: number, all: number): number =>
  (process.env.TEST_ENGINES === 'quick' ? quick : all) * Number(process.env.TEST_RUNS_TIMES ?? 1)
