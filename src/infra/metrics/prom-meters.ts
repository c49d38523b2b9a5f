import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { BackupMeters } from '../../backup/schedule.ts'
import type { Build } from '../../base/build.ts'
import type { Meters } from '../../conversation/meters.ts'

export type Exposition = { contentType: string; body: string }

/** Around the 5 s after which WeChat hangs up. */
const CALLBACK_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 4.75, 5]
const FIRST_TOKEN_SECONDS = [0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 30, 60]
/** Up to the two days that an answer may wait for the user's next word. */
const DELIVERY_SECONDS = [0.5, 1, 2, 3, 4, 5, 10, 20, 30, 60, 120, 300, 3600, 86_400, 172_800]

/** More distinct values than there are known ones: whatever comes after them is counted as `other`. */
const MAX_CODES = 60
const MAX_STATUSES = 12
const MAX_REASONS = 40

/** Counts for Prometheus, in a registry of its own together with the process's own figures. */
export const createPromMeters = (
  build?: Build,
): { meters: Meters; backups: BackupMeters; expose(): Promise<Exposition> } => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  if (build) {
    const [name, help] = ['yingda_build_info', 'Which program this is, by its labels; always 1']
    const info = new Gauge({ name, help, labelNames: ['version', 'commit'], registers })
    info.set({ version: build.version, commit: build.commit ?? '' }, 1)
  }

  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram({ name, help, buckets, labelNames, registers })

  const turns = counter('yingda_turns_total', 'Turns that ended', ['outcome'])
  const firstToken = histogram(
    'yingda_first_token_seconds',
    'From a question to the first words of its answer',
    FIRST_TOKEN_SECONDS,
  )
  const delivery = histogram(
    'yingda_delivery_seconds',
    'From a question to the last part of its answer',
    DELIVERY_SECONDS,
    ['road'],
  )
  const parts = counter('yingda_parts_total', 'Parts of answers that went out', ['road'])
  const holds = counter('yingda_holds_total', "Answers kept for the user's next word", ['reason'])
  const expired = counter('yingda_expired_total', 'Answers that nobody will read')
  const refusals = counter('yingda_wechat_refusals_total', 'Calls that WeChat refused or lost', ['code'])
  const callbacks = histogram(
    'yingda_callback_seconds',
    "From a callback's arrival to its response",
    CALLBACK_SECONDS,
    ['status'],
  )

  const turnedAway = counter('yingda_turned_away_total', 'Messages that a rule refused', ['rule'])

  const logins = counter('yingda_logins_total', 'Logins on the page, and refusals of them', ['outcome'])

  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const lastBackup = gauge('yingda_backup_last_success_timestamp_seconds', 'When the newest backup was made')
  const backupBytes = gauge('yingda_backup_last_size_bytes', 'How large the newest backup is')
  const backupEvery = gauge('yingda_backup_every_seconds', 'How often there is to be a backup; 0: never')
  const backupFailures = counter('yingda_backup_failures_total', 'Backups that came to nothing')

  const codes = bounded(MAX_CODES)
  const statuses = bounded(MAX_STATUSES)
  const reasons = bounded(MAX_REASONS)

  return {
    meters: {
      turnEnded: (outcome) => turns.inc({ outcome }),
      firstToken: (seconds) => firstToken.observe(seconds),
      delivered: (road, seconds) => delivery.observe({ road }, seconds),
      part: (road) => parts.inc({ road }),
      held: (reason) => holds.inc({ reason: reasons(reason) }),
      expired: () => expired.inc(),
      turnedAway: (rule) => turnedAway.inc({ rule: reasons(rule) }),
      refused: (errcode) => refusals.inc({ code: codes(`${errcode}`) }),
      loginEnded: (outcome) => logins.inc({ outcome }),
      callback: (status, seconds) => callbacks.observe({ status: statuses(`${status}`) }, seconds),
    },
    backups: {
      succeeded(at, bytes) {
        lastBackup.set(at / 1000)
        backupBytes.set(bytes)
      },
      failed: () => backupFailures.inc(),
      scheduled: (everyMs) => backupEvery.set(everyMs / 1000),
    },
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}

/** The first `max` values as they are, in the form of a label; any further one is `other`. */
const bounded = (max: number) => {
  const known = new Set<string>()
  return (value: string): string => {
    const label = value.replace(/[^\w-]+/g, '-').slice(0, 40)
    if (known.has(label)) return label
    if (known.size >= max) return 'other'
    known.add(label)
    return label
  }
}
