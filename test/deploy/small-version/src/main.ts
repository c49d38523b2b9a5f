import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** As much of a version as scripts/deploy.sh sees: a process that gets ready, and a command line. `how` says what is wrong. */
const how = readFileSync('how', 'utf8').split(' ')

// The addresses that the stand-in gives.
const isNext = process.env.HOST?.endsWith('.3')
if (how.includes('crashes') || (how.includes('crashes-as-app') && !isNext)) {
  console.error('yingda: cannot start: something is missing')
  process.exit(1)
}
process.on('SIGTERM', () => process.exit(0))
const ready = !how.includes('hangs')
createServer((_req, res) => {
  res.writeHead(ready ? 200 : 503).end(readFileSync('build.json'))
}).listen(Number(process.env.PORT), process.env.HOST)
