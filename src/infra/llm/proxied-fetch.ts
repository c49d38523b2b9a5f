import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent, fetch as undiciFetch } from 'undici'
import type { Fetch } from './fetch-bounded.ts'

/** As the environment names them: addresses of proxies, and hosts that are asked without. */
export type Proxies = { http: string | undefined; https: string | undefined; none: string }

/** What runs on this machine is not behind a proxy, whatever the environment says. */
const LOOPBACK = 'localhost,127.0.0.1,::1'

/**
 * Fetch by way of a channel's own proxy, else by the environment's, which Node's own fetch does not look at. `proxy`:
 * an address (http, https or socks5), or `none` for the direct way. Agents live as long as what is returned.
 */
export const proxiedFetch = (proxy: string | undefined, proxies: Proxies): Fetch => {
  const dispatcher = dispatcherFor(proxy, proxies)
  if (!dispatcher) return (input, init) => globalThis.fetch(input, init)
  // Its own fetch goes with its agents: Node's may be of another version.
  const fetch: (input: string | URL, init: object) => Promise<unknown> = undiciFetch
  return async (input, init) =>
    (await fetch(input instanceof Request ? input.url : input, { ...init, dispatcher })) as Response
}

const dispatcherFor = (proxy: string | undefined, proxies: Proxies): Dispatcher | undefined => {
  if (proxy === 'none') return undefined
  if (proxy !== undefined) return new ProxyAgent(proxy)
  const { http = '', https = '', none } = proxies
  if (http === '' && https === '') return undefined
  // Empty, not missing: for what is missing it would ask the environment itself.
  return new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: [none, LOOPBACK].join(',') })
}
