import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Proxies, proxiedFetch } from '../../src/infra/llm/proxied-fetch.ts'
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.ts'
import { json, type OddProvider, startOddProvider } from '../support/odd-provider.ts'
import { openTestChannel } from '../support/open-test-channel.ts'
import { readAll, request } from '../support/stream-of.ts'

let provider: OddProvider
let proxy: ForwardProxy
beforeEach(async () => {
  provider = await startOddProvider()
  proxy = await startForwardProxy(provider.baseUrl)
})
afterEach(async () => {
  await proxy.close()
  await provider.close()
})

const NONE: Proxies = { http: undefined, https: undefined, none: '' }
/** No name server knows it: only the proxy does. */
const FAR = 'http://provider.invalid/v1'
const ask = async (baseUrl: string, own: string | undefined, proxies: Proxies = NONE) => {
  const channel = openTestChannel(baseUrl, { fetch: proxiedFetch(own, proxies) })
  const { parts, error } = await readAll(channel, request())
  return { text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''), error }
}

describe('the way to a provider', () => {
  test('leads through the channel’s own proxy, with its credentials, which stand in no error', async () => {
    const own = proxy.address.replace('http://', 'http://me:secret@')
    expect((await ask(FAR, own)).text).toBe('你好')
    expect(proxy.asked).toEqual([
      { target: `${FAR}/chat/completions`, authorization: `Basic ${btoa('me:secret')}` },
    ])
    const { error } = await ask(FAR, 'http://me:secret@127.0.0.1:9')
    expect(error).toMatchObject({ fault: 'unavailable' })
    expect(String(error)).not.toContain('secret')
  })

  test.each<[string, string, Partial<Proxies>]>([
    ['http', 'http://provider.invalid/v1', {}],
    ['https', 'https://provider.invalid/v1', { http: undefined }],
  ])('leads through the environment’s proxy for %s', async (name, baseUrl, more) => {
    const { error, text } = await ask(baseUrl, undefined, { ...NONE, [name]: proxy.address, ...more })
    // The provider of the test speaks no TLS: that it was led there has to do.
    if (name === 'http') expect({ error, text }).toEqual({ error: undefined, text: '你好' })
    expect(proxy.asked[0]?.target).toBe(
      name === 'http' ? `${baseUrl}/chat/completions` : 'CONNECT provider.invalid:443',
    )
  })

  test('is direct to this machine, to hosts of NO_PROXY and where the channel says none', async () => {
    const everything = { http: proxy.address, https: proxy.address, none: '' }
    expect((await ask(provider.baseUrl, undefined, everything)).text).toBe('你好')
    expect((await ask(FAR, undefined, { ...everything, none: 'a.example, .invalid' })).error).toBeDefined()
    expect((await ask(FAR, 'none', everything)).error).toBeDefined()
    expect(proxy.asked).toEqual([])
  })

  test('gives what the provider refuses as it is', async () => {
    provider.reply = () => json(400, { error: { message: 'Model Not Exist' } })
    expect((await ask(FAR, proxy.address)).error).toMatchObject({ fault: 'not-found' })
  })
})
