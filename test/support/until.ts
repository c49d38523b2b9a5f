import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for what happens elsewhere; fails when it has not happened within `timeoutMs`. */
export const until = async (
  happened: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> => {
  const startedAt = performance.now()
  while (!(await happened())) {
    const waited = performance.now() - startedAt
    if (waited > timeoutMs) throw new Error(`did not happen within ${timeoutMs} ms: ${happened}`)
    // Looking is work as well: whatever takes long is looked at less often.
    await sleep(Math.min(2 + waited / 20, 50))
  }
}
