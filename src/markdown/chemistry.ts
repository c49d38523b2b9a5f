// Teaches KaTeX `\ce` and `\pu`. Loaded apart, as most answers hold no chemistry.
import 'katex/contrib/mhchem'

export const knowsChemistry = true
