// Run after any change of the lock file. A registry that lacks another platform's optional package leaves it out of
// the lock file without a word, and `npm ci` then refuses the file everywhere. This adds such entries: the version that
// their parent asks for exactly, and the platform that their name says. Where they are wanted, npm fetches them.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/
const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  win32: 'win32',
  openharmony: 'openharmony',
}
const CPU = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
}

/** @param {string} name such as `@swc/core-linux-arm-gnueabihf` */
const platformOf = (name) => {
  const words = name.split(/[/-]/)
  const os = words.map((word) => OS[word]).find(Boolean)
  const cpu = words.map((word) => CPU[word]).find(Boolean)
  const libc =
    os !== 'linux' ? undefined : /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined
  return os && cpu ? { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}) } : undefined
}

const added = []
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const inside = `${parentPath}/node_modules/${name}`
    const beside = `node_modules/${name}`
    if (lock.packages[inside] || lock.packages[beside]) continue
    const platform = platformOf(name)
    if (!platform || !EXACT.test(version)) {
      console.error(
        `${name}@${version} (of ${parentPath}): add it by hand, its name or version says too little`,
      )
      process.exitCode = 1
      continue
    }
    lock.packages[beside] = { version, ...platform, ...(parent.dev ? { dev: true } : {}), optional: true }
    added.push(`${name}@${version}`)
  }
}
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
lock.packages = Object.fromEntries(sorted)
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length > 0 ? `added ${added.length}: ${added.join(', ')}` : 'nothing was missing')
