import { expect, test } from '@jest/globals'
import { nestsDeeperThan } from '../../src/base/yaml-depth.ts'

test.each([
  ['a: [[x]]', 2],
  ['a: { b: { c: x } }', 2],
  ['- - x', 2],
  ['? ? x', 2],
  ['- a: x', 2],
])('%j nests %d deep', (text, depth) => {
  expect(nestsDeeperThan(depth, text)).toBe(false)
  expect(nestsDeeperThan(depth - 1, text)).toBe(true)
})

test.each([
  'a: "[[[["\nb: \'{{{{\'',
  'a: |\n  [[[[\n  - - - -\nb: >\n  {{{{',
  'a: x [[[[ - - - -',
  '- a\n- b\n- c',
  'a: [x, [y], [z]]\nb: {c: d, e: f, g: h}',
  'a: [x] # [[[[',
])('%j nests no deeper than 2', (text) => {
  expect(nestsDeeperThan(2, text)).toBe(false)
})
