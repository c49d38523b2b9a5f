/** Tells when a login ticket's QR code is scanned, and when it is over. Returns what ends the telling. */
export const followTicket = (ticket: string, on: { scanned(): void; expired(): void }): (() => void) => {
  const events = new EventSource(`/api/login/tickets/${encodeURIComponent(ticket)}/events`)
  events.addEventListener('scanned', () => on.scanned())
  events.addEventListener('expired', () => {
    events.close()
    on.expired()
  })
  return () => events.close()
}
