// Run after any change of the lock file: `node scripts/complete-lock.mjs [FILE]`. A registry that lacks another platform's
// optional package leaves it out of the lock file without a word, and `npm ci` then refuses the file everywhere. This adds
// such entries: the version that their parent asks for exactly, and the platform that their name says. Where they are
// wanted, npm fetches them. What has no integrity is asked for it, so that nobody can be given something else; where that
// cannot be had nothing is written.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = resolve(process.argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url)))
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

const SRI = /^sha512-[A-Za-z0-9+/]{86}==$/
const AT_ONCE = 4
const run = promisify(execFile)

/** @param {string} name @param {string} version */
const integrityOf = async (name, version) => {
  try {
    const { stdout } = await run('npm', ['view', `${name}@${version}`, 'dist.integrity', '--json'])
    const said = JSON.parse(stdout)
    return typeof said === 'string' && SRI.test(said) ? said : undefined
  } catch {
    return undefined
  }
}

const bare = Object.entries(lock.packages).filter(
  ([place, { integrity, link }]) => place.includes('node_modules/') && !link && !integrity,
)
const completed = []
const lookUp = async () => {
  for (let next = bare.shift(); next; next = bare.shift()) {
    const [place, entry] = next
    const name = entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    entry.integrity = await integrityOf(name, entry.version)
    if (entry.integrity) completed.push(`${name}@${entry.version}`)
    else {
      console.error(`${name}@${entry.version}: the registry has no integrity for it`)
      process.exitCode = 1
    }
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, lookUp))

if (process.exitCode) {
  console.error('nothing is written')
  process.exit()
}
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
lock.packages = Object.fromEntries(sorted)
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length > 0 ? `added ${added.length}: ${added.join(', ')}` : 'nothing was missing')
if (completed.length > 0)
  console.log(`asked for the integrity of ${completed.length}: ${completed.join(', ')}`)
