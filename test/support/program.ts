import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { programEnv } from './program-env.ts'
import type { Env } from './service.ts'
import { until } from './until.ts'

export type Program = {
  child: ChildProcess
  out(): string
  /** The exit code, or the signal that ended it. */
  exited: Promise<number | string | null>
}

const main = join(import.meta.dirname, '../../src/main.ts')

/** The real program, in a process and a folder of its own. */
export const runProgram = (cwd: string, env: Env): Program => {
  const child = spawn(process.execPath, [main], { cwd, env: { ...programEnv(), ...env } })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out += chunk
    })
  const exited = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  )
  return { child, out: () => out, exited }
}

/** Its address, once it is ready. */
export const whenReady = async ({ child, out }: Program): Promise<string> => {
  await until(() => /is ready/.test(out()) || child.exitCode !== null, 20_000)
  if (child.exitCode !== null) throw new Error(`it ended: ${out()}`)
  return out().match(/is ready on (http:\S+)/)?.[1] ?? ''
}
