/** The start, and the place of everything that begins no pattern. */
export const ROOT = 0

/**
 * The automaton of Aho and Corasick (1975): all patterns are looked for at once, in one pass and without going back.
 * A node stands for the longest end of what was read that begins a pattern.
 */
export type Automaton = {
  /** Length of the longest pattern. */
  longest: number
  /** The node after reading one more code. */
  step(node: number, code: number): number
  /** How many of the last codes read may belong to a pattern that is still going on. */
  depth(node: number): number
  /** The node whose pattern is the longest that ends here; ROOT when none does. */
  ending(node: number): number
  /** After `ending`, the next shorter pattern that ends here; ROOT when there is none. */
  nextEnding(node: number): number
  /** The same place for the codes to come, at the depth of the longest pattern that can still go on. */
  rest(node: number): number
  /** The node where the pattern of this index ends. Equal patterns share it. */
  endOf(pattern: number): number
}

/**
 * @param patterns an empty one is found nowhere
 *
 * Everything is in flat typed arrays, indexed by node: a list of 50,000 words has hundreds of thousands of them.
 */
export const buildAutomaton = (patterns: readonly (readonly number[])[]): Automaton => {
  const trie = createTrie(patterns.reduce((sum, { length }) => sum + length, 1))
  const ends = addLevelByLevel(trie, patterns)
  return { ...linkUp(trie, ends), endOf: (pattern) => ends[pattern] ?? ROOT }
}

type Trie = ReturnType<typeof createTrie>

/**
 * The patterns as one tree of at most `room` nodes. Its edges are one open hash table: the slot of (node, code) holds the
 * child, whose own parent and code tell whether it is the one looked for.
 */
const createTrie = (room: number) => {
  const parents = new Uint32Array(room)
  const codes = new Uint32Array(room)
  const depths = new Uint32Array(room)
  const bits = Math.max(4, Math.ceil(Math.log2(room * 2)))
  const children = new Uint32Array(2 ** bits)
  let size = 1

  /** Where the child of `node` by `code` is, or would be put. */
  const slotOf = (node: number, code: number): number => {
    let slot = Math.imul(Math.imul(node, 0x9e3779b1) ^ code, 0x85ebca6b) >>> (32 - bits)
    for (;;) {
      const child = children[slot] ?? ROOT
      if (child === ROOT || (parents[child] === node && codes[child] === code)) return slot
      slot = (slot + 1) & (children.length - 1)
    }
  }

  return {
    size: () => size,
    parent: (node: number): number => parents[node] ?? ROOT,
    code: (node: number): number => codes[node] ?? 0,
    depth: (node: number): number => depths[node] ?? 0,
    /** ROOT when there is none. */
    child: (node: number, code: number): number => children[slotOf(node, code)] ?? ROOT,
    childMade(node: number, code: number): number {
      const slot = slotOf(node, code)
      if (!children[slot]) {
        parents[size] = node
        codes[size] = code
        depths[size] = (depths[node] ?? 0) + 1
        children[slot] = size
        size += 1
      }
      return children[slot] ?? ROOT
    },
  }
}

/** Numbers every node after all that are less deep. Gives the node where each pattern ends. */
const addLevelByLevel = (trie: Trie, patterns: readonly (readonly number[])[]): Uint32Array => {
  const reached = new Uint32Array(patterns.length)
  let going = patterns.map((_, index) => index)
  for (let level = 0; going.length > 0; level += 1) {
    going = going.filter((index) => {
      const code = patterns[index]?.[level]
      if (code === undefined) return false
      reached[index] = trie.childMade(reached[index] ?? ROOT, code)
      return true
    })
  }
  return reached
}

const linkUp = (trie: Trie, ends: Uint32Array): Omit<Automaton, 'endOf'> => {
  const size = trie.size()
  const isEnd = new Uint8Array(size)
  for (const end of ends) isEnd[end] = 1
  isEnd[ROOT] = 0
  const isInner = new Uint8Array(size)
  for (let node = 1; node < size; node += 1) isInner[trie.parent(node)] = 1

  const falls = new Uint32Array(size)
  const nextEnds = new Uint32Array(size)
  const rests = new Uint32Array(size)
  const step = (from: number, code: number): number => {
    let node = from
    for (;;) {
      const next = trie.child(node, code)
      if (next !== ROOT || node === ROOT) return next
      node = falls[node] ?? ROOT
    }
  }
  // What a node falls back to is less deep, so it is finished before.
  for (let node = 1; node < size; node += 1) {
    const parent = trie.parent(node)
    const fall = parent === ROOT ? ROOT : step(falls[parent] ?? ROOT, trie.code(node))
    falls[node] = fall
    nextEnds[node] = isEnd[fall] ? fall : (nextEnds[fall] ?? ROOT)
    rests[node] = isInner[node] ? node : (rests[fall] ?? ROOT)
  }

  return {
    longest: trie.depth(size - 1),
    step,
    depth: trie.depth,
    ending: (node) => (isEnd[node] ? node : (nextEnds[node] ?? ROOT)),
    nextEnding: (node) => nextEnds[node] ?? ROOT,
    rest: (node) => rests[node] ?? ROOT,
  }
}
