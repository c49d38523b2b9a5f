import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { HOST, PORT, DATA_DIR = '' } = process.env
const how = readFileSync('how', 'utf8').split(' ')
const refuse = (why: string): never => {
  console.error(`yingda: ${why}`)
  process.exit(1)
}

const backups = join(DATA_DIR, 'backups')
const commands: { [command: string]: () => unknown } = {
  health: async () => {
    const ok = await fetch(`http://${HOST}:${PORT}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (!ok) refuse('not ready')
  },
  'backup create --json': () => {
    if (how.includes('cannot-back-up')) refuse('no space left on device')
    mkdirSync(backups, { recursive: true })
    writeFileSync(join(backups, 'one'), 'rows')
    console.log(JSON.stringify({ file: join(backups, 'one'), bytes: 4 }))
  },
  'backup create --out -': () => process.stdout.write('rows'),
  [`backup verify ${join(backups, 'one')}`]: () => {
    if (how.includes('backs-up-badly') || !existsSync(join(backups, 'one'))) refuse('the backup is damaged')
  },
  'backup restore - --yes': () => {
    mkdirSync(DATA_DIR, { recursive: true })
    writeFileSync(join(DATA_DIR, 'restored'), readFileSync(0))
  },
  'migrate status --json': () => console.log('{"applied":["1_one.ts","2_two.ts"],"pending":[]}'),
  'migrate check': () => {
    if (!readFileSync(0, 'utf8').includes('2_two.ts')) refuse('no status was given')
    if (how.includes('contracts')) refuse('3_three.ts takes away what the running version uses')
  },
}

const command = process.argv.slice(2).join(' ')
await (commands[command] ?? (() => refuse(`unknown command ${command}`)))()
