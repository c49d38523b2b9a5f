import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for what happens elsewhere; fails when it has not happened within `timeoutMs`. */
export const until = async (
  happened: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!(await happened())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${timeoutMs} ms: ${happened}`)
    await sleep(2)
  }
}
