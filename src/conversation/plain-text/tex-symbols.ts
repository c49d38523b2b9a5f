/** Words of TeX that are one sign. Those in `spaced` are operators and relations, which read better with room around. */

const table = (text: string): Map<string, string> => {
  const words = text.trim().split(/\s+/)
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < words.length; i += 2) map.set(words[i] ?? '', words[i + 1] ?? '')
  return map
}

export const spaced = table(`
  times × div ÷ pm ± mp ∓ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙
  le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅
  propto ∝ doteq ≐ triangleq ≜ coloneqq ≔ prec ≺ succ ≻ preceq ≼ succeq ≽ perp ⊥ parallel ∥ mid ∣ nmid ∤
  in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ uplus ⊎
  land ∧ wedge ∧ lor ∨ vee ∨ vdash ⊢ models ⊨ vDash ⊨ therefore ∴ because ∵
  to → rightarrow → longrightarrow → leftarrow ← gets ← longleftarrow ← leftrightarrow ↔ longleftrightarrow ↔
  Rightarrow ⇒ Longrightarrow ⇒ implies ⇒ Leftarrow ⇐ impliedby ⇐ Leftrightarrow ⇔ Longleftrightarrow ⇔ iff ⇔
  mapsto ↦ longmapsto ↦ hookrightarrow ↪ rightleftharpoons ⇌ uparrow ↑ downarrow ↓
`)

export const signs = table(`
  alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ
  nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
  Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
  infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅ neg ¬ lnot ¬ top ⊤ bot ⊥
  sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀
  ldots … dots … cdots ⋯ dotsc … dotsb ⋯ vdots ⋮ ddots ⋱ prime ′ degree ° angle ∠ triangle △ square □ Box □ blacksquare ■
  qed ∎ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ wp ℘ imath ı jmath ȷ dagger † checkmark ✓ surd √ colon :
  langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ] vert | lvert | rvert |
  Vert ‖ lVert ‖ rVert ‖ backslash \\ copyright © pounds £ yen ¥ euro € S § P ¶ diamond ⋄ heartsuit ♥ spadesuit ♠
`)

const all =
  'arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max'
export const functionNames = new Set(
  `${all} min Pr sec sin sinh sup tan tanh argmax argmin lcm rank tr`.split(' '),
)

/** Set differently but said the same: the argument stands for itself. */
export const wrappers = new Set(
  `mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathnormal boldsymbol bm pmb boxed underbrace
  overbrace underline mathop mathrel mathbin mathord overrightarrow overleftarrow widehat widetilde cancel ensuremath
  smash`.split(/\s+/),
)

export const texts = new Set(
  'text textbf textit textrm textsf texttt textnormal mbox hbox fbox emph'.split(' '),
)

/** Spacing and size, nothing to read. */
export const silent = new Set(
  `left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm limits nolimits displaystyle
  textstyle scriptstyle nonumber notag ! mathstrut strut hline`.split(/\s+/),
)

export const spaces = new Set([',', ':', ';', '>', ' ', '\n', 'quad', 'qquad', 'enspace', 'thinspace'])

/** Combining marks for a single letter. */
export const accents = new Map([
  ['hat', '\u0302'],
  ['bar', '\u0304'],
  ['overline', '\u0304'],
  ['vec', '\u20d7'],
  ['tilde', '\u0303'],
  ['dot', '\u0307'],
  ['ddot', '\u0308'],
])

const pairs = (from: string, to: string): Map<string, string> => {
  const images = [...to]
  return new Map([...from].map((char, i) => [char, images[i] ?? char]))
}

export const superscripts = pairs(
  '0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ',
  '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ',
)

export const subscripts = pairs(
  '0123456789+-−=()aehijklmnoprstuvxβγρφχ',
  '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ',
)

export const blackboard = pairs('CHNPQRZEF', 'ℂℍℕℙℚℝℤ𝔼𝔽')
