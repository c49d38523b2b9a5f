import katex from 'katex'
import { tuned } from './math-ml.ts'

/** As MathML, which needs no script, no style and no font; undefined where it is no TeX, or nested too deep. */
export const typeset = (tex: string, displayMode: boolean): string | undefined => {
  try {
    // No trust: \href, \includegraphics and \html… are set as their own names.
    const mathMl = katex.renderToString(tex, {
      ...{ displayMode, output: 'mathml', trust: false, strict: 'ignore', throwOnError: true },
      ...{ maxSize: 10, maxExpand: 300 },
    })
    return tuned(mathMl)
  } catch {
    return undefined
  }
}
