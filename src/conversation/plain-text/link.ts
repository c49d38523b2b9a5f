/** The address to show, or nothing where it leads nowhere a chat user should go: javascript:, weixin:, data:, a page's anchor. */
export const shownUrl = (url: string): string | undefined => {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && !shownSchemes.has(scheme)) return undefined
  if (url === '' || url.startsWith('#')) return undefined
  return url.replace(/\s/g, '%20')
}

const shownSchemes = new Set(['http', 'https', 'ftp', 'mailto', 'tel'])

/** `text (url)`, or just one of them where the other adds nothing. */
export const linkText = (text: string, url: string): string => {
  // An index and a call, f[0](x), not a link.
  if (/^[\w+*-]+$/.test(url)) return `[${text}](${url})`
  const shown = shownUrl(url)
  if (shown === undefined) return text
  if (text.trim() === '') return shown
  return isSame(text, shown) ? text : `${text} (${shown})`
}

const isSame = (text: string, url: string): boolean =>
  [url, `mailto:${text}`, `tel:${text}`].includes(text) || bare(text) === bare(url)

const bare = (url: string): string =>
  decoded(url.replace(/^(?:https?:\/\/|mailto:|tel:)/i, '').replace(/\/$/, ''))

const decoded = (url: string): string => {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}

export const imageText = (alt: string, url: string | undefined): string => {
  const label = alt.trim() === '' ? '[图片]' : `[图片：${alt.trim()}]`
  const shown = url === undefined ? undefined : shownUrl(url)
  return shown === undefined ? label : `${label} ${shown}`
}
