import { get } from 'node:http'
import { connect } from 'node:http2'
import { check } from '../report.ts'
import type { Scene } from '../scene.ts'
import { until } from '../server.ts'

/** Of those that Caddy signs by itself, as no authority out there would. */
const DOMAIN = 'yingda.localhost'

/** With a domain the front has a certificate, speaks HTTP/2, and sends whoever comes by http there. */
export const tls = async ({ server, frontUrl }: Scene): Promise<string> => {
  server.set('DOMAIN', DOMAIN)
  await server.type('docker compose up -d')
  const port = server.setting('HTTPS_PORT') || '443'
  let seen = ''
  const answers = async () => {
    seen = await healthzByHttp2(port)
    return seen === '200'
  }
  check(await until(answers, 30_000), { zh: 'https 打不开', en: 'https does not open' }, seen)
  const location = await leadsTo(frontUrl)
  check(
    location.startsWith(`https://${DOMAIN}`),
    { zh: 'http 没有转到 https', en: 'http does not lead to https' },
    location,
  )
  server.set('DOMAIN', '')
  await server.type('docker compose up -d')
  check(await until(async () => (await fetch(`${frontUrl}/healthz`)).ok, 30_000), {
    zh: 'http 打不开',
    en: 'http does not open',
  })
  return ''
}

const leadsTo = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host: DOMAIN } }, (response) => {
      response.resume()
      resolve(response.headers.location ?? String(response.statusCode))
    }).once('error', reject)
  })

const healthzByHttp2 = (port: string): Promise<string> =>
  new Promise((resolve) => {
    const session = connect(`https://127.0.0.1:${port}`, { servername: DOMAIN, rejectUnauthorized: false })
    const end = (said: string) => {
      session.destroy()
      resolve(said)
    }
    session.once('error', (error) => end(String(error)))
    session.setTimeout(5000, () => end('silence'))
    session
      .request({ ':path': '/healthz', ':authority': DOMAIN })
      .once('response', (headers) => end(String(headers[':status'])))
      .once('error', (error) => end(String(error)))
  })
