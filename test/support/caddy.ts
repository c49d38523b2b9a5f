import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { rawRequest } from './raw-request.ts'
import { until } from './until.ts'

export type Caddy = {
  url: string
  /** Where a tunnel arrives. */
  tunnelUrl: string
  /** What deploy.sh does: another upstream is written, and Caddy told. */
  leadTo(target: string): void
  close(): Promise<void>
}

const SHIPPED = readFileSync(join(import.meta.dirname, '../../deploy/Caddyfile'), 'utf8')

/** Caddy as it is installed, with the Caddyfile that is shipped, but for ports and addresses, which are this test's own. */
export const startCaddy = async (target: string): Promise<Caddy> => {
  const program = process.env.CADDY_PATH
  if (!program) throw new Error('CADDY_PATH is not set: npm test finds a Caddy, or installs one')
  const dir = mkdtempSync(join(tmpdir(), 'yingda-caddy-'))
  const [port, tunnelPort, adminPort] = await Promise.all([freePort(), freePort(), freePort()])
  const config = SHIPPED.replace('http://:8088 {', `http://:${tunnelPort} {\n\tbind 127.0.0.1`).replace(
    '{$SITE::80} {',
    `{$SITE::80} {\n\tbind 127.0.0.1`,
  )
  const file = join(dir, 'Caddyfile')
  writeFileSync(file, config)
  mkdirSync(join(dir, 'live'))
  const write = (to: string) => {
    writeFileSync(join(dir, 'live/upstream.new'), `to ${new URL(to).host}\n`)
    renameSync(join(dir, 'live/upstream.new'), join(dir, 'live/upstream'))
  }
  write(target)
  const env = { PATH: process.env.PATH, HOME: dir, SITE: `:${port}`, FRONT_ADMIN: `127.0.0.1:${adminPort}` }
  const child = spawn(program, ['run', '--config', file, '--adapter', 'caddyfile'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (piece) => {
    said += piece
  })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Caddy ended: ${said}`)
    return rawRequest(url, '/metrics', { host: 'bot.example.com' }).then(
      () => true,
      () => false,
    )
  })
  return {
    url,
    tunnelUrl: `http://127.0.0.1:${tunnelPort}`,
    leadTo(to) {
      write(to)
      const args = [
        'reload',
        '--config',
        file,
        '--adapter',
        'caddyfile',
        '--address',
        `127.0.0.1:${adminPort}`,
      ]
      const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8' })
      if (status !== 0) throw new Error(`caddy reload: ${stderr}`)
    },
    async close() {
      child.kill('SIGTERM')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
