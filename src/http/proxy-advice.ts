import type { Log } from '../base/log.ts'
import { say, type Words } from '../base/say.ts'

/**
 * What is wrong with a web server in front. visitors-hidden: it does not say who visits · not-trusted: what it says is not
 * believed · host-lost: it does not say under which name it was reached · other-address: browsers show the page under another
 * address than PUBLIC_URL.
 */
export type ProxyFault = 'visitors-hidden' | 'not-trusted' | 'host-lost' | 'other-address'

/** As in docs/proxy.md, where they are tested. */
export const NGINX_LINES = [
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
]
export const CADDY_LINES = ['reverse_proxy 127.0.0.1:8080  # and no header_up Host or X-Forwarded-For in it']

const LINES = { nginx: NGINX_LINES, caddy: CADDY_LINES, docs: 'docs/proxy.md' }

const ADVICE: { [fault in ProxyFault]: Words & { mend: object } } = {
  'visitors-hidden': {
    en: "the web server in front does not pass the visitors' addresses on, so all of them count as one",
    zh: '前面的网页服务器没有把访客的地址传过来，所有人会被当成同一个人限速。请在它的配置里加上这几行',
    mend: LINES,
  },
  'not-trusted': {
    en: 'the web server in front is not in TRUST_PROXY, so all visitors count as one: set TRUST_PROXY to its address',
    zh: '前面的网页服务器不在 TRUST_PROXY 里，所有人会被当成同一个人限速。请把 TRUST_PROXY 设成它的地址，在容器里用 uniquelocal',
    mend: { env: 'TRUST_PROXY=loopback,uniquelocal', docs: LINES.docs },
  },
  'host-lost': {
    en: 'the web server in front does not pass on under which name it was reached (Host)',
    zh: '前面的网页服务器没有把域名（Host）传过来。请在它的配置里加上这几行',
    mend: LINES,
  },
  'other-address': {
    en: 'a click on the page was refused, as browsers show the page under another address than PUBLIC_URL: set it to `origin`, if that is yours, and pass Host on',
    zh: '页面上的一次操作被拒绝了：浏览器里的地址和 PUBLIC_URL 不一样。如果下面的 origin 是你的地址，请把 PUBLIC_URL 设成它，并让网页服务器把 Host 传过来',
    mend: LINES,
  },
}

/** Tells the operator of each fault once, with the lines that mend it. */
export const createProxyAdvice = (log: Pick<Log, 'warn'>) => {
  const told = new Set<ProxyFault>()
  return {
    tell(fault: ProxyFault, seen: object): void {
      if (told.has(fault)) return
      told.add(fault)
      const { mend, ...words } = ADVICE[fault]
      log.warn({ fault, ...seen, hint: say(words), mend }, words.en)
    },
  }
}

export type ProxyAdvice = ReturnType<typeof createProxyAdvice>
