/** The ticket in a QR picture's address, or what was pasted: a ticket, or the address inside the QR code. */
export const ticketOf = (pasted: string): string => {
  const text = pasted.trim()
  if (!URL.canParse(text, location.origin)) return text
  return new URL(text, location.origin).searchParams.get('ticket') ?? text
}

/** The picture by this page's own name of the service: another name of it would be a foreign picture. */
export const pictureOf = (qrUrl: string): string | undefined => {
  if (!URL.canParse(qrUrl, location.origin)) return undefined
  const { pathname, search, searchParams } = new URL(qrUrl, location.origin)
  return pathname.startsWith('/sandbox/mp/') && searchParams.has('ticket')
    ? `${pathname}${search}`
    : undefined
}

const CHANNEL = 'yingda-sandbox'

/** Hears the QR picture's address that the login page in this browser shows, and asks for one shown already. */
export const hearTickets = (heard: (qrUrl: string) => void): (() => void) => {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'ticket') return
    if ('qrUrl' in data && typeof data.qrUrl === 'string') heard(data.qrUrl)
  }
  channel.postMessage({ type: 'ask' })
  return () => channel.close()
}
