import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { installDebianPackages } from './debian.ts'
import { chromiumPath, pathOf } from './installed.ts'

export type TestServices = {
  env: {
    TEST_MYSQL_URL: string
    TEST_REDIS_URL: string
    CHROMIUM_PATH: string
    NGINX_PATH: string
    CADDY_PATH: string
  }
  stop(): void
}

/**
 * A private MariaDB and Redis on free ports, with their data in a folder that goes with them. Servers given by
 * TEST_MYSQL_URL and TEST_REDIS_URL are used as they are, and so is a browser given by CHROMIUM_PATH.
 */
export const startTestServices = async (): Promise<TestServices> => {
  const given = { mysql: process.env.TEST_MYSQL_URL, redis: process.env.TEST_REDIS_URL }
  installMissing()
  const dir = mkdtempSync(join(tmpdir(), 'yingda-test-'))
  const children: ChildProcess[] = []
  const stop = () => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const [mysqlUrl, redisUrl] = await Promise.all([
      given.mysql ?? startMariadb(dir, children),
      given.redis ?? startRedis(dir, children),
    ])
    const env = {
      TEST_MYSQL_URL: mysqlUrl,
      TEST_REDIS_URL: redisUrl,
      CHROMIUM_PATH: chromiumPath(),
      NGINX_PATH: pathOf('nginx'),
      CADDY_PATH: pathOf('caddy'),
    }
    return { env, stop }
  } catch (error) {
    stop()
    throw error
  }
}

const installMissing = (): void => {
  const packages: string[] = []
  // Some tests start servers of their own: to take them away, or to have them insist on TLS.
  if (!(pathOf('mariadbd') && pathOf('my_print_defaults')))
    packages.push('mariadb-server-core', 'mariadb-client-core')
  if (!pathOf('redis-server')) packages.push('redis-server')
  // The lines in docs/proxy.md are tried.
  if (!pathOf('nginx')) packages.push('nginx')
  // So is the Caddyfile that is shipped.
  if (!pathOf('caddy')) packages.push('caddy')
  if (!pathOf('openssl')) packages.push('openssl')
  // Without the font Chinese is boxes, and what is wide is not.
  if (!chromiumPath()) packages.push('chromium-headless-shell', 'fonts-wqy-microhei')
  if (packages.length > 0) installDebianPackages(packages)
}

const startRedis = async (dir: string, children: ChildProcess[]): Promise<string> => {
  const port = await freePort()
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dir,
    '--databases',
    '1024',
  ]
  children.push(spawn('redis-server', args, { stdio: 'ignore' }))
  const url = `redis://127.0.0.1:${port}`
  await until('Redis', async () => {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
    redis.on('error', () => {})
    try {
      await redis.connect()
      await redis.ping()
    } finally {
      redis.disconnect()
    }
  })
  return url
}

/** `more` goes to mariadbd, `query` to the end of its address. */
export const startMariadb = async (
  dir: string,
  children: ChildProcess[],
  more: string[] = [],
  query = '',
): Promise<string> => {
  const data = join(dir, 'mysql')
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  const made = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      ...asRoot,
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`mariadb-install-db failed: ${made.stdout}${made.stderr}`)
  const port = await freePort()
  const args = [
    '--no-defaults',
    ...asRoot,
    `--datadir=${data}`,
    `--socket=${join(dir, 'mysql.sock')}`,
    `--pid-file=${join(dir, 'mysql.pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // The data is thrown away: nothing has to reach the disk.
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--innodb-buffer-pool-size=128M',
    '--skip-log-bin',
    '--max-connections=500',
    ...more,
  ]
  children.push(
    spawn('mariadbd', args, {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }),
  )
  const url = `mysql://root@127.0.0.1:${port}/mysql${query}`
  await until('MariaDB', async () => {
    const connection = await createConnection(url)
    await connection.query('select 1')
    await connection.end()
  })
  return url
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(address)))
    })
  })

const until = async (name: string, check: () => Promise<void>): Promise<void> => {
  const end = Date.now() + 60_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw new Error(`${name} did not start within a minute`, { cause: error })
      await pause(100)
    }
  }
}
