import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { refusedLicences } from '../../scripts/supply/licences.ts'
import { makeSbom } from '../../scripts/supply/sbom.ts'
import { PAGE, readLock, shippedOf } from '../../scripts/supply/shipped.ts'

const shipped = shippedOf(readLock())
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

describe('what is shipped', () => {
  test('is the packages of the server, what the page is built of, and no tool for tests', () => {
    const names = shipped.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([...Object.keys(dependencies), ...PAGE, '@vue/runtime-dom']))
    for (const tool of ['jest', 'node', 'vite', 'typescript', '@swc/core']) expect(names).not.toContain(tool)
  })

  test('has all that the page imports', () => {
    const files = globSync('web/{src,sandbox}/**/*.{ts,vue}').filter((path) => !path.includes('vite.config'))
    const imported = files.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?'([^.@'][^'/]*)/g)].map(
        ([, name]) => name,
      ),
    )
    const known = [...Object.keys(dependencies), ...PAGE]
    expect(imported).toContain('vue')
    expect(imported.filter((name) => name && name in devDependencies && !known.includes(name))).toEqual([])
  })
})

describe('licences', () => {
  test('of everything shipped are in the list', () => {
    expect(shipped.length).toBeGreaterThan(150)
    expect(refusedLicences(shipped)).toEqual([])
  })

  test('that are not in the list, or not said, are told by the name of the package', () => {
    const entry = { version: '1.0.0' }
    const of = (name: string, licence?: string) => ({ place: '', name, version: '1.0.0', licence, entry })
    const some = [
      of('free', 'MIT'),
      of('choice', '(GPL-3.0-only OR MIT)'),
      of('both', '(GPL-3.0-only AND MIT)'),
      of('copyleft', 'AGPL-3.0-only'),
      of('silent'),
      of('nested', '(MIT OR (ISC AND X))'),
    ]
    expect(refusedLicences(some)).toEqual([
      'both@1.0.0: (GPL-3.0-only AND MIT)',
      'copyleft@1.0.0: AGPL-3.0-only',
      'silent@1.0.0: says no licence',
      'nested@1.0.0: (MIT OR (ISC AND X))',
    ])
  })
})

describe('the bill of materials', () => {
  const text = JSON.stringify(makeSbom())

  test('names every shipped package with its hash, and nothing else', () => {
    const { components } = JSON.parse(text)
    const named = components.map(
      ({ name, version }: { name: string; version: string }) => `${name}@${version}`,
    )
    expect(new Set(named)).toEqual(new Set(shipped.map(({ name, version }) => `${name}@${version}`)))
    expect(components.filter(({ hashes }: { hashes?: unknown[] }) => !hashes?.length)).toEqual([])
  })

  test('holds no date, no folder and no address, so that it is the same bytes wherever it is made', () => {
    expect(JSON.stringify(makeSbom())).toBe(text)
    expect(text).not.toMatch(/timestamp|serialNumber|externalReferences":\[\{/)
    expect(text.match(/https?:\/\/[^"]+/g)).toEqual(['http://cyclonedx.org/schema/bom-1.5.schema.json'])
  })
})
