import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { operatorLanguage, say, speak } from '../src/base/say.ts'
import { writeNpmSettings } from './rehearse/npm-settings.ts'
import { type Engine, missingForPrivateEngine, openPrivateEngine } from './rehearse/private-engine.ts'
import { run } from './rehearse/shell.ts'
import { makeStandIns } from './rehearse/stand-ins.ts'
import { misunderstood } from './rehearse/steps.ts'

/**
 * `rehearse.ts [--keep] [--only STEP] [--private]`: going live, upgrades and the way back in real containers. Uses the Docker
 * of this machine; where there is none (or with `--private`), one of its own for as long as it takes: docs/rehearsal.md.
 */
speak(operatorLanguage(process.env))
const args = process.argv.slice(2)
const wrong = misunderstood(args)
if (wrong) {
  console.error(say(wrong))
  process.exit(2)
}
const CACHE = resolve('node_modules/.cache/yingda-rehearsal')

const dockerWorks = async (): Promise<boolean> => {
  const works = async (...command: string[]) => {
    try {
      return (await run('docker', command)).status === 0
    } catch {
      return false
    }
  }
  return (await works('info')) && (await works('compose', 'version'))
}

const dir = mkdtempSync(join(tmpdir(), 'yingda-rehearsal-'))
let engine: Engine | undefined
let ending: Promise<void> | undefined
const end = () => {
  ending ??= (async () => {
    await engine?.close()
    rmSync(dir, { recursive: true, force: true })
  })()
  return ending
}

/** Asked to stop: the steps are told as well, and what they leave is taken away. */
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort())

const rehearse = async (): Promise<number> => {
  const isOwn = args.includes('--private') || !(await dockerWorks())
  const env: NodeJS.ProcessEnv = { ...process.env, REHEARSAL_DIR: dir, REHEARSAL_STAND_INS: isOwn ? '1' : '' }
  if (isOwn) {
    const missing = missingForPrivateEngine()
    if (missing) throw new Error(say(missing))
    console.log(
      say({
        zh: '这里没有可用的 Docker：临时启动一个，用 Debian 的软件包；第一次约需两分钟。',
        en: 'There is no Docker here that works: one of Debian packages runs for as long as this takes. The first time it is two minutes more.',
      }),
    )
    engine = await openPrivateEngine(CACHE)
    Object.assign(env, engine.env)
    await makeStandIns(engine, CACHE)
    // Only `docker build` is told more than it was told: how npm reaches its registry here.
    const wrapper = join(dir, 'docker')
    const secret = `--secret id=npmrc,src=${await writeNpmSettings(dir)}`
    writeFileSync(
      wrapper,
      `#!/bin/sh\nif [ "$1" = build ]; then shift; exec docker build ${secret} "$@"; fi\nexec docker "$@"\n`,
      { mode: 0o755 },
    )
    env.DOCKER = wrapper
  }
  const command = [...(engine?.enter ?? []), process.execPath, 'scripts/rehearse/run.ts', ...args]
  const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: 'inherit' })
  stopping.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit')
  return Number(code ?? 1)
}

try {
  process.exitCode = await rehearse()
} catch (error) {
  if (!stopping.signal.aborted) console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await end()
}
process.exit()
