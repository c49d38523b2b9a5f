import { statSync } from 'node:fs'

/** What takes longest when the machine is its own. It begins first, or one worker ends long after the others. */
const LONGEST = [
  'flows/many-messages',
  'quota/card-key',
  'flows/many-users',
  'conversation/deadline-race',
  'flows/held-answers',
  'browser/chat',
  'flows/order',
  'infra/quota-race',
  'flows/model-times',
  'http/page-api-turns',
]

const rankOf = (path) => {
  const rank = LONGEST.findIndex((name) => path.endsWith(`test/${name}.test.ts`))
  return rank < 0 ? LONGEST.length : rank
}

/** The same order on every machine, whatever it remembers of earlier runs: https://jestjs.io/docs/configuration#testsequencer-string */
export default class LongestFirst {
  sort(tests) {
    const sizes = new Map(tests.map(({ path }) => [path, statSync(path).size]))
    return [...tests].sort(
      (a, b) => rankOf(a.path) - rankOf(b.path) || (sizes.get(b.path) ?? 0) - (sizes.get(a.path) ?? 0),
    )
  }

  allFailedTests(tests) {
    return tests
  }

  shard(tests) {
    return tests
  }

  cacheResults() {}
}
