/** Tells the simulated phone, in another window of this browser, what there is to scan. */
export const shareTicket = (qrUrl: () => string | null | undefined) => {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('yingda-sandbox')
  const tell = (): void => {
    const shown = qrUrl()
    if (shown) channel?.postMessage({ type: 'ticket', qrUrl: shown })
  }
  channel?.addEventListener('message', ({ data }) => {
    if (data?.type === 'ask') tell()
  })
  return { tell, close: () => channel?.close() }
}
