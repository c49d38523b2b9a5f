import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { rawRequest } from './raw-request.ts'
import { until } from './until.ts'

export type Nginx = { url: string; close(): Promise<void> }

/** nginx as it is installed, with these `server` blocks, where PORT stands for the one that is its own. */
export const startNginx = async (servers: (port: number) => string): Promise<Nginx> => {
  const program = process.env.NGINX_PATH
  if (!program) throw new Error('NGINX_PATH is not set: npm test finds an nginx, or installs one')
  const dir = mkdtempSync(join(tmpdir(), 'yingda-nginx-'))
  const port = await freePort()
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const config = `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    pid ${dir}/pid;
    worker_processes 1;
    events {}
    http {
      access_log off;
      ${bodies.map((each) => `${each}_temp_path ${dir}/${each};`).join('\n')}
      ${servers(port)}
    }`
  const file = join(dir, 'nginx.conf')
  writeFileSync(file, config)
  const child = spawn(program, ['-c', file, '-p', dir, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (piece) => {
    said += piece
  })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`)
    return rawRequest(url, '/', { host: 'bot.example.com' }).then(
      () => true,
      () => false,
    )
  })
  return {
    url,
    async close() {
      child.kill('SIGTERM')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
