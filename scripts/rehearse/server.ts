import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { output, type Ran, run } from './shell.ts'

/** A server on which nothing was done yet but `git clone`: a folder, and commands typed there. */
export type Server = {
  dir: string
  /** What it printed; throws what it said when it failed. */
  type(command: string, input?: string): Promise<string>
  /** Whatever comes of it. */
  try(command: string, input?: string): Promise<Ran>
  /** As an operator edits .env: a line is replaced or added. */
  set(name: string, value: string): void
  setting(name: string): string
}

export const cloneTo = async (dir: string, env: NodeJS.ProcessEnv): Promise<Server> => {
  const listed = await output('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    cpSync(file, join(dir, file))
  }
  await output('git', ['init', '--quiet'], { cwd: dir })
  await output('git', ['add', '--all'], { cwd: dir })
  const as = [
    '-c',
    'user.name=rehearsal',
    '-c',
    'user.email=rehearsal@localhost',
    '-c',
    'commit.gpgsign=false',
  ]
  await output('git', [...as, 'commit', '--quiet', '--message', 'rehearsal'], { cwd: dir })
  const options = (input?: string) => ({ cwd: dir, env, ...(input === undefined ? {} : { input }) })
  const file = join(dir, '.env')
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
  return {
    dir,
    type: (command, input) => output('sh', ['-c', command], options(input)),
    try: (command, input) => run('sh', ['-c', command], options(input)),
    set(name, value) {
      const rest = lines().filter((line) => !line.startsWith(`${name}=`))
      writeFileSync(file, `${rest.join('\n').trimEnd()}\n${name}=${value}\n`, { mode: 0o600 })
    },
    setting: (name) =>
      lines()
        .findLast((line) => line.startsWith(`${name}=`))
        ?.slice(name.length + 1) ?? '',
  }
}

/** Asks again and again; false when it took too long. Who cannot be reached yet is asked again as well. */
export const until = async (holds: () => Promise<boolean>, withinMs: number): Promise<boolean> => {
  const end = Date.now() + withinMs
  const now = async () => {
    try {
      return await holds()
    } catch {
      return false
    }
  }
  while (!(await now())) {
    if (Date.now() > end) return false
    await pause(200)
  }
  return true
}
