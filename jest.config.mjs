/** The quick loop leaves to `npm test` what is about Redis alone, what starts programs, and what takes its time. */
const NOT_QUICK = [
  'test/infra/(bullmq-queue|redis-feed|redis-outage|quota-race)[.]test[.]ts$',
  'test/flows/(crash|processes|order|many-users|many-messages|model-times|held-answers)[.]test[.]ts$',
  'test/cli/(beside-service|cards|users|operating|doctor)[.]test[.]ts$',
  'test/conversation/deadline-race[.]test[.]ts$',
  'test/browser/',
]

/** What lives in real time or starts programs: it has the machine to itself. */
const ALONE = [
  'test/flows/',
  'test/cli/',
  'test/infra/quota-race[.]test[.]ts$',
  'test/contracts/cards[.]test[.]ts$',
  'test/conversation/deadline-race[.]test[.]ts$',
]

const BROWSER = ['test/browser/']

const quick = process.env.TEST_ENGINES === 'quick'
const part = process.env.TEST_PART

const asPattern = (each) => `${each}${each.endsWith('/') ? '.*[.]test[.]ts$' : ''}`

/** @type {import('jest').Config} */
export default {
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(quick ? NOT_QUICK : []),
    ...(part === 'side-by-side' ? [...ALONE, ...BROWSER] : []),
  ],
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  ...(part === 'alone' || part === 'browser'
    ? { testRegex: (part === 'alone' ? ALONE : BROWSER).map(asPattern) }
    : { testMatch: ['**/*.test.ts'] }),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  maxWorkers: part === 'alone' ? 1 : 2,
  // A process of a gigabyte takes its time to go on a busy machine.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 20_000,
}
