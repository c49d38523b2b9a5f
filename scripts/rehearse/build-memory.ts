import { globSync, readFileSync } from 'node:fs'

/** Where the kernel keeps what the containers of a build use, by both versions of control groups. */
const PLACES = [
  '/sys/fs/cgroup/memory/docker/buildkit/*/memory.stat',
  '/sys/fs/cgroup/**/buildkit/*/memory.stat',
]

/** The most memory that one step of a build held at once, looked at four times a second; caches of files left out. */
export const watchBuildMemory = (): { stop(): string } => {
  let most = 0
  const look = () => {
    const place = PLACES.find((pattern) => globSync(pattern).length > 0)
    if (!place) return
    let now = 0
    for (const file of globSync(place)) {
      try {
        now += Number(/^(?:rss|anon) (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
      } catch {
        // That step ended while it was looked at.
      }
    }
    most = Math.max(most, now)
  }
  const timer = setInterval(look, 250)
  return {
    stop() {
      clearInterval(timer)
      return most === 0 ? '' : `${Math.round(most / 1e6)} MB`
    },
  }
}
