import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PAGE, readLock, shippedOf } from './shipped.ts'

type Component = { name: string; version: string; 'bom-ref': string; externalReferences?: unknown }
export type Bom = {
  serialNumber?: string
  metadata: { timestamp?: string; tools?: unknown; component: Component }
  components: Component[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
export const SBOM_FILE = 'dist/sbom.cdx.json'

/**
 * The bill of materials of what is shipped, in CycloneDX 1.5, made by npm from a lock file of just that. npm writes into it
 * when, by which npm and in which folder it was made, and where packages come from: without these, the same lock file makes
 * the same bytes everywhere.
 */
export const makeSbom = (): Bom => {
  const program = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { name, version, license, description, devDependencies } = program
  const page = Object.fromEntries(PAGE.map((each) => [each, devDependencies[each]]))
  const self = { name, version, license, description, dependencies: { ...program.dependencies, ...page } }
  const packages = Object.fromEntries(
    shippedOf(readLock()).map(({ place, entry }) => [place, { ...entry, dev: false }]),
  )
  const lock = { name, version, lockfileVersion: 3, requires: true, packages: { '': self, ...packages } }
  const dir = mkdtempSync(join(tmpdir(), 'yingda-sbom-'))
  try {
    writeFileSync(join(dir, 'package.json'), JSON.stringify(self))
    writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(lock))
    return withoutAccidents(JSON.parse(npm(dir)), name)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const npm = (cwd: string): string => {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
  const path = process.env.npm_execpath
  const [command, commandArgs] = path ? [process.execPath, [path, ...args]] : ['npm', args]
  return execFileSync(command, commandArgs, { cwd, maxBuffer: 2 ** 26 }).toString()
}

const withoutAccidents = ({ serialNumber, metadata, components, ...bom }: Bom, name: string): Bom => ({
  ...bom,
  metadata: { component: { ...metadata.component, name } },
  components: components.map(({ externalReferences, ...component }) => component),
})

/** `npm run sbom` writes dist/sbom.cdx.json. */
if (import.meta.main) {
  const bom = makeSbom()
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(join(root, SBOM_FILE), `${JSON.stringify(bom, null, 2)}\n`)
  console.log(`${SBOM_FILE}: ${bom.components.length} packages`)
}
