/** Stands for one hidden character. Full-width, as the words mostly are, and unlike * nothing to Markdown. */
const MASK = '＊'

/**
 * A text that comes in pieces and is taken out again from the front, with what is hidden replaced. Positions count in
 * UTF-16 units from the start of the whole text.
 */
export const createMaskedText = () => {
  let held = ''
  let from = 0
  let hidden: { start: number; end: number }[] = []

  return {
    add(piece: string) {
      held += piece
    },
    /** Hides what is not taken out yet. Ranges may overlap; none ends before an earlier one does. */
    hide(start: number, end: number) {
      let first = start
      for (let last = hidden.at(-1); last && last.end >= first; last = hidden.at(-1)) {
        first = Math.min(first, last.start)
        hidden.pop()
      }
      hidden.push({ start: first, end })
    },
    takeUntil(position: number): string {
      let taken = ''
      let at = from
      for (const range of hidden) {
        const start = Math.min(range.start, position)
        const end = Math.min(range.end, position)
        taken += held.slice(at - from, Math.max(start, at) - from)
        taken += held.slice(Math.max(start, at) - from, end - from).replace(/./gsu, MASK)
        at = Math.max(end, at)
      }
      taken += held.slice(at - from, position - from)
      held = held.slice(position - from)
      hidden = hidden.filter(({ end }) => end > position)
      from = position
      return taken
    },
  }
}
