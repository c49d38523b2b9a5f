/** The quick loop leaves to `npm test` what is about Redis alone, what starts programs, and what takes its time. */
const NOT_QUICK = [
  'test/infra/(bullmq-queue|redis-feed|redis-outage|quota-race|tls|demoted-database)[.]test[.]ts$',
  'test/flows/(crash|processes|stopping|order|many-users|many-messages|model-times|held-answers|stuck-database|redis-away|redis-cluster|chaos|restore|changed-keys)[.]test[.]ts$',
  'test/cli/(beside-service|backup|cards|users|operating|doctor)[.]test[.]ts$',
  'test/conversation/deadline-race[.]test[.]ts$',
  'test/http/(nginx|caddy)[.]test[.]ts$',
  'test/backup/(kill|beside-service)[.]test[.]ts$',
  'test/browser/',
  'test/deploy/(refusals|live|init|versions)[.]test[.]ts$',
  'test/docs/commands',
]

/** What starts programs and browsers, and waits for them as long as it takes. */
const PROGRAMS = [
  'test/backup/kill[.]test[.]ts$',
  'test/browser/',
  'test/flows/(processes|stopping|restore|changed-keys)[.]test[.]ts$',
  'test/infra/quota-race[.]test[.]ts$',
  'test/contracts/cards[.]test[.]ts$',
  'test/deploy/(refusals|versions)[.]test[.]ts$',
]

/** Programs that have only so long for what they do: they have the machine to themselves. */
const ALONE = ['test/flows/crash[.]test[.]ts$', 'test/cli/', 'test/deploy/live[.]test[.]ts$']

const quick = process.env.TEST_ENGINES === 'quick'
const part = process.env.TEST_PART

const asPattern = (each) => `${each}${each.endsWith('$') ? '' : '.*[.]test[.]ts$'}`

/** @type {import('jest').Config} */
export default {
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(quick ? NOT_QUICK : []),
    ...(part === 'side-by-side' ? [...ALONE, ...PROGRAMS] : []),
  ],
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  ...(part === 'alone' || part === 'programs'
    ? { testRegex: (part === 'alone' ? ALONE : PROGRAMS).map(asPattern) }
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
  // Much of what runs side by side waits more than it works.
  maxWorkers: { alone: 1, 'side-by-side': 3 }[part ?? ''] ?? 2,
  testSequencer: '<rootDir>/scripts/test/longest-first.mjs',
  // A process of a gigabyte takes its time to go on a busy machine.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 20_000,
}
