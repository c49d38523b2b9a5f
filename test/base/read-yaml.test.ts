import { describe, expect, test } from '@jest/globals'
import { readYaml } from '../../src/base/read-yaml.ts'

const KIB = 1024
const problemsOf = (text: string): string[] => {
  const read = readYaml(text, 256 * KIB)
  return read.ok ? [] : read.problems
}

describe('a YAML file', () => {
  test('becomes plain values', () => {
    expect(readYaml('# hello\na: [1, x, true, ~]\nb: { c: "d" }', KIB)).toEqual({
      ok: true,
      value: { a: [1, 'x', true, null], b: { c: 'd' } },
    })
    expect(readYaml('', KIB)).toEqual({ ok: true, value: null })
  })

  test.each([
    ['a: [sk-secret', /^line 1: not valid YAML \(bad-indent\): check indentation/],
    ['a: 1\nb: sk-secret: x', /^line 2: not valid YAML/],
    ['a:\n\t- sk-secret', /^line 2: a tab: indent with spaces$/],
    ['a: 1\n---\nb: 2', /a second document begins/],
    ['a: !!js/function "sk-secret"', /^line 1: an unknown tag/],
    ['a: 1\nb: 2\na: sk-secret', /^line 3: this name stands there twice: keep one of them$/],
    ['1: a\n"1": sk-secret', /^line 2: this name stands there twice/],
    ['a: *sk-secret', /^an alias \(\*\) refers to no anchor/],
    ['a: &x 1\n*x : 2', /^a name must be plain text/],
    ['{ a: 1 }: 2', /^a name must be plain text/],
    ['? [sk-secret]\n: 2', /^a name must be plain text/],
    ['a:\n  __proto__: { x: 1 }', /^line 2: __proto__ cannot be a name$/],
    ['a: "sk-secret', /^line 1: not valid YAML/],
    ['a: sk-secret\n b: 2', /^line \d: not valid YAML/],
    ['%sk-secret\n---\na: 1', /^line 1: not valid YAML/],
  ])('that is broken is told by its line, never quoted: %j', (text, expected) => {
    const problems = problemsOf(text)
    expect(problems[0]).toMatch(expected)
    expect(problems.join('\n')).not.toContain('sk-secret')
  })

  test('in which aliases multiply is refused', () => {
    const levels = 'bcdefghi'.split('').map((name, index) => {
      const before = 'abcdefgh'[index]
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`
    })
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}`
    expect(problemsOf(bomb)).toEqual([expect.stringMatching(/multiply too much/)])
  })

  test.each([
    ['brackets', '['.repeat(200_000)],
    ['braces', '{a: '.repeat(60_000)],
    ['dashes', '- '.repeat(100_000)],
    ['indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['names', Array.from({ length: 40_000 }, (_, index) => `k${index.toString(36)}:`).join('\n')],
    ['aliases', `a: &x 1\nb:\n${'- *x\n'.repeat(40_000)}`],
    ['quotes', '"'.repeat(60_000)],
    ['anchors', '&a '.repeat(20_000)],
  ])('of nothing but %s is done with in time', (_name, text) => {
    const startedAt = performance.now()
    readYaml(text, 256 * KIB)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })
})
