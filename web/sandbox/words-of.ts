/** A piece of a bot's text: words, a link that opens, or one whose tap sends words in the user's name. */
export type Piece =
  | { is: 'text'; text: string }
  | { is: 'link'; text: string; href: string }
  | { is: 'tap'; text: string; says: string; menuId: string }

const LINK = /<a\s+[^<>]*?href="([^"<>]*)"[^<>]*>([^<>]*)<\/a>|https?:\/\/[^\s<>"'，。；：！？、（）「」]+/gi

const tapOf = (href: string, text: string): Piece | undefined => {
  if (!/^weixin:\/\/bizmsgmenu\?/i.test(href)) return undefined
  const query = new URLSearchParams(href.slice(href.indexOf('?') + 1))
  const says = query.get('msgmenucontent')
  return says ? { is: 'tap', text, says, menuId: query.get('msgmenuid') ?? '1' } : undefined
}

const linkOf = (href: string, text: string): Piece | undefined => {
  if (!URL.canParse(href)) return undefined
  const { protocol } = new URL(href)
  return protocol === 'http:' || protocol === 'https:' ? { is: 'link', text, href } : undefined
}

/** Cuts a text as WeChat draws it: links of its two kinds, bare addresses, and everything else as it stands. */
export const piecesOf = (text: string): Piece[] => {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(LINK)) {
    const [whole, written, label] = match
    const href = written?.replaceAll('&amp;', '&')
    const piece =
      href === undefined ? linkOf(whole, whole) : (tapOf(href, label ?? '') ?? linkOf(href, label ?? ''))
    if (!piece) continue
    if (match.index > end) pieces.push({ is: 'text', text: text.slice(end, match.index) })
    pieces.push(piece)
    end = match.index + whole.length
  }
  if (end < text.length) pieces.push({ is: 'text', text: text.slice(end) })
  return pieces
}
