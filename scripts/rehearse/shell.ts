import { spawn } from 'node:child_process'

export type Ran = { status: number; stdout: string; stderr: string; ms: number }

export type RunOptions = {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string
  /** Killed when it takes longer; ten minutes unless said otherwise. */
  timeoutMs?: number
}

/** Runs a program to its end, whatever that is. */
export const run = (command: string, args: string[], options: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const { cwd, env = process.env, input, timeoutMs = 600_000 } = options
    const child = spawn(command, args, { ...(cwd ? { cwd } : {}), env, timeout: timeoutMs })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ status: code ?? 1, stdout, stderr, ms: performance.now() - startedAt }),
    )
    // A program that reads nothing may be gone before everything is written.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })

/** What it printed. Throws what it said when it failed. */
export const output = async (command: string, args: string[], options: RunOptions = {}): Promise<string> => {
  const ran = await run(command, args, options)
  if (ran.status !== 0) {
    const said = `${ran.stdout}${ran.stderr}`.trim().split('\n').slice(-40).join('\n')
    throw new Error(`${[command, ...args].join(' ')}: exit ${ran.status}\n${said}`)
  }
  return ran.stdout.trim()
}
