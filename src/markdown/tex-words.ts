/** Commands that tell TeX from a path, an escape or a regular expression. */
const WORDS = new Set(
  `frac dfrac tfrac cfrac sqrt binom dbinom sum prod coprod int iint iiint oint lim limsup liminf sup inf max min log ln
  exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh det dim ker gcd deg arg Pr operatorname
  alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho sigma
  varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
  infty partial nabla forall exists nexists emptyset varnothing neg lnot top bot hbar ell Re Im aleph prime degree angle
  times div pm mp cdot ast star circ bullet oplus ominus otimes odot le leq leqslant ge geq geqslant lt gt ne neq ll gg
  equiv approx sim simeq cong propto perp parallel mid nmid in notin ni subset subseteq subsetneq supset supseteq cup cap
  setminus land wedge lor vee vdash models therefore because to rightarrow longrightarrow leftarrow gets leftrightarrow
  Rightarrow Longrightarrow implies Leftarrow Leftrightarrow iff mapsto hookrightarrow rightleftharpoons uparrow downarrow
  xrightarrow xleftarrow ldots dots cdots dotsc dotsb vdots ddots langle rangle lfloor rfloor lceil rceil lvert rvert
  lVert rVert left right big Big bigg Bigg mathbb mathbf mathrm mathit mathsf mathcal mathscr mathfrak boldsymbol bm text
  textbf textit textrm hat bar vec tilde dot ddot overline underline overbrace underbrace overrightarrow widehat widetilde
  boxed tag pmod bmod mod not quad qquad begin end ce pu displaystyle stackrel overset underset triangle square checkmark`
    .trim()
    .split(/\s+/),
)

/** A command that TeX knows is in it. */
export const hasTexWord = (text: string): boolean => {
  for (const [, name = ''] of text.matchAll(/\\([A-Za-z]+)/g)) if (WORDS.has(name)) return true
  return false
}

export const isTexWord = (name: string): boolean => WORDS.has(name)
