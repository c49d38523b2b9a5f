import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { ROOT } from '../support/compose-files.ts'

type Step = { uses?: string; run?: string; with?: { [name: string]: unknown } }
type Job = { permissions?: { [scope: string]: string }; 'timeout-minutes'?: number; steps: Step[] }

describe.each(globSync('.github/workflows/*.yml', { cwd: ROOT }))('%s', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const { permissions, jobs }: { permissions: object; jobs: { [name: string]: Job } } = parse(text)
  const steps = Object.values(jobs).flatMap(({ steps }) => steps)

  test('may do what each job needs and nothing else', () => {
    expect(permissions).toEqual({})
    for (const [name, job] of Object.entries(jobs)) {
      expect([name, job.permissions, job['timeout-minutes']]).toEqual([
        name,
        expect.anything(),
        expect.any(Number),
      ])
      expect(Object.entries(job.permissions ?? {}).filter(([, may]) => may === 'write')).toEqual(
        name === 'test' ? [] : [['packages', 'write']],
      )
    }
  })

  test('runs of others what was looked at, by its commit', () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
    for (const { uses = '', with: how } of steps)
      if (uses.startsWith('actions/checkout')) expect(how).toMatchObject({ 'persist-credentials': false })
  })

  test('puts nothing of an event into a script, and no secret on a command line', () => {
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{|--password /)
  })

  test('runs the whole of the tests before anything is built', () => {
    expect(jobs.test?.steps.map(({ run }) => run)).toContain('bash .ci/run')
    expect(text).toMatch(/image:\n {4}needs: test/)
  })
})
