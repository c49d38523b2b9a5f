import { subscript, superscript } from './tex-shapes.ts'

/** mhchem's arrows, the longest first. */
const ARROW = /(<=>>|<<=>|<=>|<-->|<->|->|<-)((?:\[[^[\]]*\]){0,2})/g
const ARROWS: { [written: string]: string } = {
  '<=>>': '⇌',
  '<<=>': '⇌',
  '<=>': '⇌',
  '<-->': '⇄',
  '<->': '↔',
  '->': '→',
  '<-': '←',
}

/** What stands in mhchem's `\ce{…}`, as it is written on paper: `H2O` → `H₂O`, `SO4^2-` → `SO₄²⁻`. */
export const chemistry = (text: string, inner: (tex: string) => string): string =>
  withWords(text, inner)
    .replace(ARROW, (_, arrow: string, above: string) => {
      const words = [...above.matchAll(/\[([^[\]]*)\]/g)].map(([, each = '']) => each.trim()).join(', ')
      return ` ${ARROWS[arrow] ?? arrow}${words === '' ? '' : `(${words})`} `
    })
    .replace(/ +(?:v|\(v\))(?= |$)/g, '↓')
    .replace(/ +(?:\^|\(\^\))(?= |$)/g, '↑')
    .replace(/([A-Za-z)\]]\d*)[*.](?=\d*[A-Z])/g, '$1·')
    .replace(/([A-Za-z)\]])(\d+)/g, (_, before: string, digits: string) => before + subscript(digits))
    .replace(/_(?:\{([^{}]*)\}|(\w))/g, (_, many?: string, one?: string) => subscript(many ?? one ?? ''))
    .replace(/\^(?:\{([^{}]*)\}|(\d*[+-]|\w+))/g, (_, many?: string, one?: string) =>
      superscript(many ?? one ?? ''),
    )
    .replace(
      /([A-Za-z)\]₀-₉])([+-])(?=[ ,;)\]]|$)/g,
      (_, before: string, charge: string) => before + superscript(charge),
    )
    .replace(/ {2,}/g, ' ')
    .trim()

/** TeX within chemistry: `\text{高温}`, `\Delta`, `$x$`. */
const withWords = (text: string, inner: (tex: string) => string): string =>
  text.replace(/\$([^$]*)\$|\\[A-Za-z]+(?:\{[^{}]*\})?/g, (whole, math?: string) => inner(math ?? whole))

/** A quantity with its unit, `\pu{1e5 kJ mol-1}` → `1×10⁵ kJ mol⁻¹`. */
export const quantity = (text: string): string =>
  text
    .replace(
      /(\d)[eE]([+-]?\d+)/g,
      (_, digit: string, power: string) => `${digit}×10${superscript(power.replace('+', ''))}`,
    )
    .replace(/([A-Za-zΩµμ])\^?\{?(-?\d+)\}?/g, (_, unit: string, power: string) => unit + superscript(power))
    .replace(/\/\//g, '/')
    .replace(/\*/g, '·')
    .trim()
