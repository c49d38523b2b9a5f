import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { operatorLanguage, say, speak, type Words } from '../src/base/say.ts'
import { firstLoadOf } from './first-load.ts'

speak(operatorLanguage(process.env))

const root = fileURLToPath(new URL('..', import.meta.url))
const web = join(root, 'web')
const phone = join(web, 'sandbox')
/** What the service and the page share. */
const shared = join(root, 'src/markdown')

type Target = { name: Words; config: string; outDir: string; sources: string[] }

/** Every file below, without what is built and what is another page's. */
const filesIn = (dir: string, leaveOut: string[]): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.name.startsWith('dist') || leaveOut.includes(path)) return []
    return entry.isDirectory() ? filesIn(path, leaveOut) : [path]
  })

const targets = (): Target[] => {
  const lock = join(root, 'package-lock.json')
  const page = {
    ...{ name: { zh: '网页', en: 'page' }, config: join(web, 'vite.config.ts'), outDir: join(web, 'dist') },
    sources: [lock, ...filesIn(web, [phone]), ...filesIn(shared, [])],
  }
  const config = join(phone, 'vite.config.ts')
  if (!existsSync(config)) return [page]
  const sources = [lock, ...filesIn(web, [])]
  return [
    page,
    { name: { zh: '沙盒网页', en: 'sandbox page' }, config, outDir: join(web, 'dist-sandbox'), sources },
  ]
}

const contentsOf = ({ sources }: Target): string => {
  const hash = createHash('sha256')
  for (const path of sources.toSorted()) hash.update(`${relative(root, path)}\0`).update(readFileSync(path))
  return hash.digest('hex')
}

/** Beside what was built, so that it cannot speak of another one. Files with a dot are not served. */
const stampOf = ({ outDir }: Target): string => join(outDir, '.vite/built-from')

const isBuilt = (target: Target): boolean =>
  existsSync(join(target.outDir, 'index.html')) &&
  existsSync(stampOf(target)) &&
  readFileSync(stampOf(target), 'utf8') === contentsOf(target)

const build = async (target: Target): Promise<void> => {
  const { zh, en } = target.name
  console.error(
    `yingda: ${say({ zh: `正在构建${zh}，要几秒钟……`, en: `building the ${en}, this takes a few seconds …` })}`,
  )
  const { build: viteBuild } = await import('vite')
  const contents = contentsOf(target)
  await viteBuild({ configFile: target.config, logLevel: 'error' })
  mkdirSync(dirname(stampOf(target)), { recursive: true })
  writeFileSync(stampOf(target), contents)
}

/** Builds what is missing or older than its sources. `--force` builds all, `--sizes` says what a first visit loads. */
const flags = process.argv.slice(2)
for (const target of targets()) if (flags.includes('--force') || !isBuilt(target)) await build(target)
if (flags.includes('--sizes')) {
  const { files, gzipBytes } = firstLoadOf(join(web, 'dist'))
  for (const { name, gzipBytes } of files)
    console.log(`${(gzipBytes / 1024).toFixed(1).padStart(7)} KB  ${name}`)
  console.log(`${(gzipBytes / 1024).toFixed(1).padStart(7)} KB  first load, gzipped`)
}
// What vite started would keep this process alive.
process.exit(0)
