import { mkdirSync, writeFileSync } from 'node:fs'
import { benchBackups } from './bench/backups.ts'
import { benchMessages } from './bench/messages.ts'

/** Each gives the rows of a table. `npm run bench -- backups` runs that one alone. */
const BENCHES: { [name: string]: () => Promise<object[]> } = {
  messages: benchMessages,
  backups: benchBackups,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`usage: bench.ts [${Object.keys(BENCHES).join('|')}]`)
  process.exit(2)
}

const results: { [name: string]: object[] } = {}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n── ${name}`)
  results[name] = await bench()
  console.table(results[name])
}
mkdirSync('bench/results', { recursive: true })
const file = `bench/results/${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`
writeFileSync(file, `${JSON.stringify({ node: process.version, ...results }, null, 2)}\n`)
console.log(file)
