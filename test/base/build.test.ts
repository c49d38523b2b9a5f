import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { buildLine, readBuild } from '../../src/base/build.ts'

let root = ''
beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'yingda-build-'))}/`
  writeFileSync(`${root}package.json`, '{"version":"1.2.3"}')
})
afterEach(() => rmSync(root, { recursive: true }))

describe('which program this is', () => {
  test('stands in build.json, where an image has one', () => {
    writeFileSync(`${root}build.json`, '{"version":"v2.0","commit":"3f2a9c1"}')
    expect(readBuild(root)).toEqual({ version: 'v2.0', commit: '3f2a9c1' })
    expect(buildLine(readBuild(root))).toBe('v2.0 (3f2a9c1)')
  })

  test.each(['{"version":"","commit":""}', '{"version":7}', '[]', 'null', '{"version":"a\\nb"}', '{'])(
    'stands in package.json when build.json is %s',
    (text) => {
      writeFileSync(`${root}build.json`, text)
      expect(readBuild(root)).toEqual({ version: '1.2.3', commit: undefined })
    },
  )

  test('has no commit where it runs from its source', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    expect(buildLine(readBuild())).toBe(version)
  })
})
