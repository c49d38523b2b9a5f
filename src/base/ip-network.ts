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
