import { constants } from 'node:os'

// As the first process of a container it has no other way to be told to stop, from its first moment on: the rest is loaded
// after this.
let asked = false
let stop = (_signal: string): void => process.exit(0)
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (asked) process.exit(128 + constants.signals[signal])
    asked = true
    stop(signal)
  })

const { runService } = await import('./roles/run-service.ts')
await runService(process.env, (how) => {
  stop = how
})
