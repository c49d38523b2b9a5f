import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { firstLoadOf } from '../../scripts/first-load.ts'

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url))

test('a first visit loads less than 150 KB, gzipped', () => {
  expect(firstLoadOf(dist).gzipBytes).toBeLessThan(150 * 1024)
})

test('the page holds no script and no style of its own, which the content policy would refuse', () => {
  const html = readFileSync(`${dist}/index.html`, 'utf8')
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=| style=/)
})
