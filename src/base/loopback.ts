import { BlockList, isIPv4, isIPv6 } from 'node:net'

const listOf = (nets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList => {
  const list = new BlockList()
  for (const [net, bits, family] of nets) list.addSubnet(net, bits, family)
  return list
}

const LOOPBACK = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
])
/** What no packet on the internet comes from: this machine, private, shared, link-local. */
const PRIVATE = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
])

const isIn = (list: BlockList, address: string | undefined): boolean => {
  const plain = (address ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(plain)) return list.check(plain, 'ipv4')
  return isIPv6(plain) && list.check(plain, 'ipv6')
}

/** Of an address such as a socket's; what is none is not loopback. */
export const isLoopbackAddress = (address: string | undefined): boolean => isIn(LOOPBACK, address)

/** An address of this machine, or of a network at home: whoever has it is no visitor from the internet. */
export const isPrivateAddress = (address: string | undefined): boolean => isIn(PRIVATE, address)

/** The name of a `Host` header, without its port, IPv6 without brackets; undefined when it is none. */
export const hostNameOf = (host: string | undefined): string | undefined =>
  host !== undefined && URL.canParse(`http://${host}`)
    ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '')
    : undefined

/** Whether a name leads to the machine it is used on. */
export const isLoopbackName = (name: string | undefined): boolean =>
  name === 'localhost' || isLoopbackAddress(name)

export const isLoopbackUrl = (url: string): boolean => isLoopbackName(hostNameOf(new URL(url).host))
