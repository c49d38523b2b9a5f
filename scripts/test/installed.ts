import { spawnSync } from 'node:child_process'

/** The first is Chromium without its windows, which a page takes a third of the time in. */
const BROWSERS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** Where a program of this machine is, those for its operator included; '' when it is not there. */
export const pathOf = (command: string): string =>
  spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${command}`], {
    encoding: 'utf8',
  }).stdout.trim()

/** What CHROMIUM_PATH names, or the first browser that is installed; '' when there is none. */
export const chromiumPath = (): string =>
  process.env.CHROMIUM_PATH || BROWSERS.map(pathOf).find((path) => path !== '') || ''
