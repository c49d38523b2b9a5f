import { isIPv4, isIPv6 } from 'node:net'

/**
 * What one customer of a provider has, to count by: an IPv4 address, of IPv6 the first 64 bits, as anybody has all the
 * addresses behind them. What is no address comes back as it is, cut short.
 */
export const ipNetwork = (ip: string): string => {
  const address = ip.replace(/%.*$/, '')
  if (!isIPv6(address)) return ip.slice(0, 64)
  const groups = groupsOf(address)
  const mapped = /^(?:0:){5}ffff:/.test(`${groups.slice(0, 6).join(':')}:`)
  return mapped ? lastAsIPv4(groups) : `${groups.slice(0, 4).join(':')}::/64`
}

/**
 * All that whoever has this address may have more of: of IPv6 the /64, the /56 and the /48 around it, since providers give
 * away any of these. `share`: how many customers one of them is taken for.
 */
export const ipNetworks = (ip: string): { network: string; share: number }[] => {
  const network = ipNetwork(ip)
  const [a = '', b = '', c = '', d = ''] = network.replace(/::\/64$/, '').split(':')
  if (!network.endsWith('::/64')) return [{ network, share: 1 }]
  const upper = (Number.parseInt(d, 16) & 0xff00).toString(16)
  return [
    { network, share: 1 },
    { network: `${a}:${b}:${c}:${upper}::/56`, share: 2 },
    { network: `${a}:${b}:${c}::/48`, share: 5 },
  ]
}

/** As much of an address as a log may keep: of IPv4 24 bits, of IPv6 48. */
export const ipPrefix = (ip: string): string => {
  const network = ipNetworks(ip).at(-1)?.network ?? ''
  return isIPv4(network) ? `${network.slice(0, network.lastIndexOf('.'))}.0/24` : network
}

/** Eight groups without leading zeros. */
const groupsOf = (address: string): string[] => {
  const tail = address.slice(address.lastIndexOf(':') + 1)
  const hex = isIPv4(tail) ? address.slice(0, -tail.length) + asGroups(tail) : address
  const [head = '', rest] = hex.toLowerCase().split('::')
  const split = (part: string) => part.split(':').filter((group) => group !== '')
  const [left, right] = [split(head), split(rest ?? '')]
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16))
}

const asGroups = (ip4: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = ip4.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

const lastAsIPv4 = (groups: string[]): string =>
  groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((both) => [both >> 8, both & 255])
    .join('.')
