import { describe, expect, test } from '@jest/globals'
import { ipNetwork, ipNetworks, ipPrefix } from '../../src/base/ip-network.ts'

const networksOf = (ip: string) => ipNetworks(ip).map(({ network }) => network)

describe('the networks of an address', () => {
  test('are of IPv6 the /64, the /56 and the /48, however it is written', () => {
    const all = ['2001:db8:0:12ff::/64', '2001:db8:0:1200::/56', '2001:db8:0::/48']
    for (const ip of ['2001:db8:0:12ff::1', '2001:0DB8::12ff:1:2:3:4', '2001:db8:0:12ff:0:0:192.0.2.1'])
      expect(networksOf(ip)).toEqual(all)
    expect(networksOf('::1')).toEqual(['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0::/48'])
  })

  test('are of IPv4 the address alone, mapped ones and what is no address included', () => {
    for (const [ip, network] of [
      ['192.0.2.7', '192.0.2.7'],
      ['::ffff:192.0.2.7', '192.0.2.7'],
      ['garbage', 'garbage'],
      ['', ''],
    ] as const) {
      expect(networksOf(ip)).toEqual([network])
      expect(ipNetwork(ip)).toBe(network)
    }
  })

  test('are cut for a log', () => {
    expect(ipPrefix('192.0.2.7')).toBe('192.0.2.0/24')
    expect(ipPrefix('::ffff:192.0.2.7')).toBe('192.0.2.0/24')
    expect(ipPrefix('2001:db8:7:12ff::1')).toBe('2001:db8:7::/48')
  })
})
