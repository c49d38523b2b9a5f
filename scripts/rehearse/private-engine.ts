import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Words } from '../../src/base/say.ts'
import { installDebianPackages } from '../test/debian.ts'
import { pathOf } from '../test/installed.ts'
import { downloadPackages, isDebian } from './debian-packages.ts'
import { output, run } from './shell.ts'

/** A Docker Engine, and how a program is started that is to reach it and the ports it publishes. */
export type Engine = {
  env: NodeJS.ProcessEnv
  /** Put before a command. */
  enter: string[]
  close(): Promise<void>
}

/** The first Debian whose Compose knows what docker-compose.yml says. Its packages run on the release before as well. */
const ENGINE_FROM = 'trixie'
const ENGINE_PACKAGES = ['docker.io', 'docker-cli', 'docker-compose', 'docker-buildx', 'containerd', 'tini']
/** Of the machine's own release: they start nothing by themselves. */
const TOOLS = ['runc', 'slirp4netns', 'iptables', 'iproute2', 'debootstrap']
const COMMANDS = [
  'runc',
  'slirp4netns',
  'iptables',
  'ip',
  'debootstrap',
  'nsenter',
  'unshare',
  'setpriv',
  'dpkg',
]

/** What keeps it from running here, undefined when nothing does. */
export const missingForPrivateEngine = (): Words | undefined => {
  if (process.getuid?.() !== 0)
    return {
      zh: '这里没有可用的 Docker（要有 Compose 2.24 以上）；临时启动一个需要 root',
      en: 'There is no Docker here that works (with Compose 2.24 or later), and starting one takes root',
    }
  if (!isDebian())
    return {
      zh: '这里没有可用的 Docker（要有 Compose 2.24 以上）；只有在 Debian 上才能临时启动一个',
      en: 'There is no Docker here that works (with Compose 2.24 or later), and one of its own is started on Debian alone',
    }
  if (!readFileSync('/proc/filesystems', 'utf8').includes('overlay'))
    return {
      zh: '这个内核没有 overlay 文件系统，跑不了容器',
      en: 'This kernel has no overlay file system, so no container can run here',
    }
  return undefined
}

/** Networks, mounts and processes are namespaces' own: all of it goes with the first process. */
const INSIDE = `
set -eu
mount --make-rprivate /
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
mount -t tmpfs tmpfs /run
resolv=$(readlink -f /etc/resolv.conf)
mkdir -p "$(dirname "$resolv")"
[ -e "$resolv" ] || touch "$resolv"
mount --bind "$1/resolv.conf" "$resolv"
exec dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/dockerd.pid" -H "unix://$1/docker.sock"
`

/** A Docker Engine of Debian's packages in namespaces of its own, in a folder that goes with it. */
export const openPrivateEngine = async (cache: string): Promise<Engine> => {
  if (COMMANDS.some((command) => pathOf(command) === '')) installDebianPackages(TOOLS)
  const debs = join(cache, 'debs')
  mkdirSync(debs, { recursive: true })
  const packages = await downloadPackages(debs, ENGINE_FROM, ENGINE_PACKAGES)

  const dir = mkdtempSync(join(tmpdir(), 'yingda-engine-'))
  const root = join(dir, 'root')
  for (const deb of packages) await output('dpkg', ['-x', deb, root])
  const plugins = join(dir, 'client/cli-plugins')
  mkdirSync(plugins, { recursive: true })
  for (const plugin of ['docker-compose', 'docker-buildx'])
    copyFileSync(join(root, 'usr/libexec/docker/cli-plugins', plugin), join(plugins, plugin))
  // slirp4netns answers for names there as the machine does.
  writeFileSync(join(dir, 'resolv.conf'), 'nameserver 10.0.2.3\n')

  const env = {
    ...process.env,
    PATH: `${root}/usr/bin:${root}/usr/sbin:${process.env.PATH}:/usr/sbin:/sbin`,
    DOCKER_HOST: `unix://${dir}/docker.sock`,
    DOCKER_CONFIG: join(dir, 'client'),
  }
  const children: ChildProcess[] = []
  const start = (command: string, args: string[]): ChildProcess => {
    // Gone with this process, whatever ends it.
    const bound = ['--pdeathsig', 'KILL', command, ...args]
    const child = spawn('setpriv', bound, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    children.push(child)
    return child
  }
  const close = async () => {
    // The last one started goes first, as it looks into what the first one has.
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    // What the dying processes still hold makes the first try fail at times.
    for (let tries = 0; tries < 50 && existsSync(dir); tries += 1) {
      if (tries > 0) await pause(200)
      await run('rm', ['-rf', '--one-file-system', dir])
    }
  }
  try {
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const engine = start('unshare', [...namespaces, 'sh', '-c', INSIDE, 'sh', dir])
    let log = ''
    engine.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-20_000)
    })
    for (let tries = 0; (await run('docker', ['info'], { env })).status !== 0; tries += 1) {
      if (engine.exitCode !== null || tries > 150)
        throw new Error(
          `the private Docker Engine did not start:\n${log.trim().split('\n').slice(-8).join('\n')}`,
        )
      await pause(200)
    }
    const first = readFileSync(`/proc/${engine.pid}/task/${engine.pid}/children`, 'utf8').trim()
    const network = start('slirp4netns', [
      '--configure',
      '--mtu=65520',
      '--disable-host-loopback',
      first,
      'tap0',
    ])
    network.stderr?.resume()
    const inside = ['nsenter', '--target', first, '--net']
    for (
      let tries = 0;
      !(await output('nsenter', ['--target', first, '--net', 'ip', 'route'])).includes('default');
      tries += 1
    ) {
      if (tries > 50) throw new Error('slirp4netns gave the private Docker Engine no way out')
      await pause(100)
    }
    return { env, enter: inside, close }
  } catch (error) {
    await close()
    throw error
  }
}
