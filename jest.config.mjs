/** Suites about Redis and nothing else; the quick loop leaves them to `npm test`. */
const REDIS_ONLY = ['test/infra/(bullmq-queue|redis-feed|redis-outage)[.]test[.]ts$']

/** @type {import('jest').Config} */
export default {
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.TEST_ENGINES === 'quick' ? REDIS_ONLY : [])],
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
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
  maxWorkers: 2,
  testTimeout: 20_000,
}
