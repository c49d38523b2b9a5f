import katex from 'katex'
import { tuned } from './math-ml.ts'

/** Nested scripts and roots take their square. */
const maxTexChars = 4000

/** As MathML, which needs no script, no style and no font; undefined where it is no TeX, or nested too deep. */
export const typeset = (tex: string, displayMode: boolean): string | undefined => {
  if (tex.length > maxTexChars) return undefined
  try {
    // No trust: \href, \includegraphics and \html… are set as their own names.
    const mathMl = katex.renderToString(known(tex), {
      displayMode,
      output: 'mathml',
      trust: false,
      strict: 'ignore',
      throwOnError: true,
      maxSize: 10,
      maxExpand: 300,
    })
    return tuned(mathMl)
  } catch {
    return undefined
  }
}

/** Environments that KaTeX lacks, by those that look the same; a label is nothing to see. */
const known = (tex: string): string =>
  tex
    .replace(/\\label\{[^{}]*\}/g, '')
    .replace(/\\(begin|end)\{(?:multline|flalign)(\*?)\}/g, '\\$1{gather$2}')
    .replace(/\\(begin|end)\{eqnarray\*?\}/g, '\\$1{align*}')
    .replace(/&\s*(=|\\[a-z]*eq|<|>|\\approx|\\sim)\s*&/g, '&$1')
