import { type ChildProcess, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startMariadb } from '../../scripts/test/services.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { freePort } from '../support/free-port.ts'
import { startRedisServer } from '../support/redis-server.ts'
import type { Env } from '../support/service.ts'
import { spawnYingda } from '../support/yingda.ts'

const WITHOUT_PROOF = '?ssl={"rejectUnauthorized":false}'

/** A certificate for `localhost` that nobody has signed but itself. */
const makeCertificate = (dir: string) => {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ])
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`)
  return { key, cert }
}

const dir = mkdtempSync(join(tmpdir(), 'yingda-tls-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('MariaDB that insists on TLS', () => {
  const servers: ChildProcess[] = []
  let cert: string
  let url: string
  beforeAll(async () => {
    const made = makeCertificate(dir)
    cert = made.cert
    const tls = ['--require-secure-transport=ON', `--ssl-cert=${cert}`, `--ssl-key=${made.key}`]
    url = (await startMariadb(dir, servers, tls, WITHOUT_PROOF)).split('?')[0] ?? ''
  }, 60_000)
  afterAll(() => {
    for (const server of servers) server.kill('SIGKILL')
  })

  const cipherOf = async (address: string): Promise<string> => {
    const { knex, close } = openDatabase(address)
    try {
      const [rows] = await knex.raw("show status like 'Ssl_cipher'")
      return rows[0].Value
    } finally {
      await close()
    }
  }
  const byName = () => url.replace('127.0.0.1', 'localhost')

  test.each([
    ['?ssl=true', () => url],
    ['?ssl-mode=REQUIRED', () => url],
    ['?ssl-mode=verify-ca&ssl-ca=CERT', () => url],
    ['?ssl-mode=verify-identity&ssl-ca=CERT', byName],
  ])('is reached by %s', async (query, base) => {
    expect(await cipherOf(`${base()}${query.replace('CERT', cert)}`)).toMatch(/^TLS_/)
  })

  test.each([
    ['', /insecure transport|Access denied/],
    ['?ssl=false', /insecure transport|Access denied/],
    ['?ssl-mode=verify-ca', /self-signed/],
    ['?ssl-mode=verify-identity', /self-signed/],
  ])('refuses, or is refused, with "%s"', async (query, reason) => {
    await expect(cipherOf(`${byName()}${query}`)).rejects.toThrow(reason)
  })

  test('is reached by the command line, whose sentences name what to do', async () => {
    const run = (query: string, ...args: string[]) =>
      spawnYingda(
        dir,
        { DATABASE_URL: `${url}${query}`, DATA_DIR: dir, APP_SECRET: randomBytes(32).toString('base64') },
        args,
      )
    const [sealed, open, unknown] = await Promise.all([
      run('?ssl=true', 'migrate', 'status', '--json'),
      run('', 'migrate', 'status'),
      run('?sslmod=true', 'migrate', 'status'),
    ])
    expect(sealed).toMatchObject({ status: 0 })
    expect(open).toMatchObject({ status: 1, stderr: expect.stringMatching(/\?ssl-mode=required/) })
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringMatching(/DATABASE_URL has \?sslmod=/) })
  }, 40_000)
})

describe('Redis with TLS', () => {
  test('is reached by rediss://, once its authority is named', async () => {
    const { key, cert } = makeCertificate(dir)
    const port = await freePort()
    const server = await startRedisServer(
      ...['--tls-port', `${port}`, '--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-auth-clients', 'no'],
    )
    const examine = async (more: Env) => {
      const env = { DATA_DIR: dir, REDIS_URL: `rediss://localhost:${port}`, ...more }
      const { stdout } = await spawnYingda(dir, env, ['doctor', '--json'])
      return JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'redis')
    }
    const [named, unnamed] = await Promise.all([examine({ NODE_EXTRA_CA_CERTS: cert }), examine({})])
    expect(named).toMatchObject({ level: expect.stringMatching(/ok|warning/) })
    expect(unnamed).toMatchObject({ level: 'error', fix: expect.stringMatching(/NODE_EXTRA_CA_CERTS/) })
    await server.close()
  }, 40_000)
})
