import { readLock, type Shipped, shippedOf } from './shipped.ts'

/** Licences that let us hand the code on, to anybody, with its notice. What is new is looked at before it is added. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'PSF-2.0',
]

/** `(MPL-2.0 OR Apache-2.0)` leaves the choice; with AND all of them count. What is worded otherwise is not allowed. */
const isAllowed = (licence: string): boolean => {
  const bare = licence.replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(bare)) return false
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((each) => ALLOWED.includes(each)))
}

/** A line for each package that may not be shipped. */
export const refusedLicences = (shipped: readonly Shipped[]): string[] =>
  shipped
    .filter(({ licence }) => licence === undefined || !isAllowed(licence))
    .map(({ name, version, licence }) => `${name}@${version}: ${licence ?? 'says no licence'}`)

/** `npm run licences`: exit 1 with the names of packages whose licence is not in the list. */
if (import.meta.main) {
  const shipped = shippedOf(readLock())
  const refused = refusedLicences(shipped)
  for (const line of refused) console.error(line)
  if (refused.length > 0) {
    console.error(`${refused.length} of ${shipped.length} packages may not be shipped`)
    console.error('use another package, or look at the licence and add it in scripts/supply/licences.ts')
    process.exitCode = 1
  } else {
    const counts = Map.groupBy(shipped, ({ licence }) => licence)
    for (const [licence, packages] of [...counts].toSorted(([, a], [, b]) => b.length - a.length))
      console.log(`${String(packages.length).padStart(4)}  ${licence}`)
  }
}
