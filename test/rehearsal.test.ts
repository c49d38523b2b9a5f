import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { GROUND, misunderstood, STEPS } from '../scripts/rehearse/steps.ts'

/** The first table of a page; those further down are of other things. */
const toldIn = (page: string): string[] =>
  [...(readFileSync(page, 'utf8').split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)` /gm)].map(
    ([, name = '']) => name,
  )

test('every step of the rehearsal is told in both languages, and no other', () => {
  const steps = [...GROUND, ...STEPS].map(({ name }) => name)
  expect(toldIn('docs/rehearsal.md')).toEqual(steps)
  expect(toldIn('docs/zh/rehearsal.md')).toEqual(steps)
})

test('a step that there is not is refused with the list of those that there are', () => {
  expect(misunderstood(['--only', 'nonsense'])?.en).toBe(
    `--only takes one of: ${STEPS.map(({ name }) => name).join(' ')}`,
  )
  expect(misunderstood(['--only'])).toBeDefined()
  expect(misunderstood(['--keep', '--only', 'upgrade', '--private'])).toBeUndefined()
})

test('npm run rehearse says in one line what it did not understand, before anything is started', async () => {
  const said = await new Promise<{ code: number; stderr: string }>((resolve) => {
    const env = { ...process.env, LANG: 'en_US.UTF-8' }
    execFile(process.execPath, ['scripts/rehearse.ts', '--now'], { env }, (error, _stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stderr }),
    )
  })
  expect(said).toEqual({ code: 2, stderr: '--now is unknown; there are --keep --private --only STEP\n' })
})
