import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Installs what the tests need when that is possible unasked: on Debian, as root. Otherwise says what to do. */
export const installDebianPackages = (packages: string[]): void => {
  const names = packages.join(' ')
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    console.error(
      `The tests need ${names}. On Debian: apt-get install ${names}. Elsewhere install MariaDB, Redis, Chromium, nginx and Caddy, ` +
        'or set TEST_MYSQL_URL (a user who may create databases), TEST_REDIS_URL and CHROMIUM_PATH. ' +
        'npm run check needs none of them.',
    )
    process.exit(1)
  }
  console.log(`installing ${names} …`)
  apt(['update', '-qq'])
  apt(['install', '-y', '-qq', '--no-install-recommends', ...packages])
}

const apt = (args: string[]): void => {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A package's own service is not wanted: the tests start private servers.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  })
  if (status !== 0) {
    console.error(`apt-get ${args.join(' ')} failed`)
    process.exit(1)
  }
}
