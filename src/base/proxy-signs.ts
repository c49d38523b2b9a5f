import { hostNameOf, isLoopbackAddress, isLoopbackName } from './loopback.ts'

/** What of a request says where it came from. Node's IncomingMessage is one. */
export type Arrived = {
  httpVersion: string
  /** Names and values by turns, as they came. */
  rawHeaders: readonly string[]
  headers: { host?: string | undefined }
  socket: { remoteAddress?: string | undefined }
}

/**
 * Headers that web servers, tunnels and content networks add, and no browser or program does on its own. A name ends with
 * `*` where a whole family begins like that.
 */
const PROXY_HEADERS = [
  ...['forwarded*', 'x-forwarded*', 'via', 'max-forwards', 'x-real-*', 'x-original-*', 'x-originating-*'],
  ...['x-client-ip', 'client-ip', 'true-client-ip', 'x-true-client-ip', 'x-cluster-client-ip', 'x-remote-*'],
  ...['x-proxy*', 'proxy-client-ip', 'wl-proxy-*', 'x-url-scheme', 'x-scheme', 'front-end-https', 'x-host'],
  ...[
    'cdn-*',
    'x-cdn*',
    'cf-*',
    'fastly-*',
    'x-varnish*',
    'x-envoy-*',
    'x-nginx-*',
    'x-traefik*',
    'x-haproxy*',
  ],
  ...['x-amzn-*', 'x-amz-cf-*', 'cloudfront-*', 'x-azure-*', 'x-arr-*', 'disguised-host', 'x-appengine-*'],
  ...['x-cloud-trace-context', 'x-vercel-*', 'x-nf-*', 'fly-*', 'akamai-*', 'x-akamai-*', 'x-edge-*'],
  ...['ali-*', 'eagleid', 'eagleeye-*', 'x-tencent-*', 'x-nws-*', 'x-qcloud-*', 'x-bce-*', 'x-sinfo'],
  ...['x-frp-*', 'ngrok-*', 'x-ngrok-*', 'tailscale-*', 'x-tunnel-*', 'x-github-*', 'x-waws-*'],
]
const SIGNS = new RegExp(`^(?:${PROXY_HEADERS.map((each) => each.replace('*', '.*')).join('|')})$`, 'i')

/**
 * What shows that something has passed the request on: the name of a header, or the old version of HTTP that nginx speaks
 * to what is behind it unless told otherwise. Undefined when nothing does, which does not mean that nobody has.
 */
export const proxySignOf = ({ httpVersion, rawHeaders }: Arrived): string | undefined => {
  const name = rawHeaders.find((each, index) => index % 2 === 0 && SIGNS.test(each))
  return name ?? (httpVersion === '1.1' || httpVersion === '2.0' ? undefined : `HTTP/${httpVersion}`)
}

/** Whether a request comes straight from this machine, and why not. */
export type Nearness =
  | { isLocal: true }
  | { isLocal: false; because: 'address' | 'host' | 'proxy'; sign: string }

/**
 * From a loopback address, for a loopback name and with no sign of a proxy. The name matters as a page elsewhere can point
 * its own name at 127.0.0.1 (DNS rebinding), and its requests carry that name.
 */
export const nearnessOf = (req: Arrived): Nearness => {
  const { remoteAddress = '' } = req.socket
  if (!isLoopbackAddress(remoteAddress)) return { isLocal: false, because: 'address', sign: remoteAddress }
  const sign = proxySignOf(req)
  if (sign !== undefined) return { isLocal: false, because: 'proxy', sign }
  if (!isLoopbackName(hostNameOf(req.headers.host)))
    return { isLocal: false, because: 'host', sign: req.headers.host ?? '' }
  return { isLocal: true }
}
