/**
 * A process that runs the real program again and again, one command for each message, as if each were a process of its
 * own: most of what a command takes is its start.
 */
type Job = { id: number; args: string[] }

const output = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr'] as const) {
  // Each run of the program listens anew.
  process[name].setMaxListeners(0)
  process[name].write = (text: string | Uint8Array, encodingOrDone?: unknown, done?: unknown) => {
    output[name] += typeof text === 'string' ? text : Buffer.from(text).toString()
    const written = typeof encodingOrDone === 'function' ? encodingOrDone : done
    if (typeof written === 'function') setImmediate(() => written())
    return true
  }
}

process.on('message', async ({ id, args }: Job) => {
  Object.assign(output, { stdout: '', stderr: '' })
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
  process.exitCode = 0
  await import(`../../src/cli/main.ts?run=${id}`)
  process.send?.({ status: Number(process.exitCode), ...output })
})
