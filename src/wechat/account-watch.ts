import { say, type Words } from '../base/say.ts'
import type { AccountAbilities, AccountParts } from './account.ts'
import { type Facts, rememberFacts } from './account-facts.ts'
import { type Abilities, kindOf, type ProbeResult, probeAccount } from './probe-account.ts'

const MINUTE_MS = 60_000
/** How long a refusal is believed before WeChat is asked again. */
const DENIED_MS = 60 * MINUTE_MS
/** Long enough not to bother WeChat, short enough to notice a verification. */
const GOOD_FOR_MS = 7 * 24 * 60 * MINUTE_MS
/** How soon a process hears what another one has found out. */
const LOOK_EVERY_MS = MINUTE_MS
const FIRST_RETRY_MS = 5_000
const MAX_RETRY_MS = 10 * MINUTE_MS

/** Finds out by itself what the account may do, and keeps finding out. */
export const watchAccount = (parts: AccountParts): AccountAbilities => {
  const { appId, api, facts, clock, log } = parts
  const stopping = new AbortController()
  const stopped = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(undefined))
  })
  let known: Facts | undefined
  let askAt = 0
  let failures = 0
  let contradictions = 0
  let running: Promise<void> | undefined

  const learn = (found: Facts): void => {
    const same = known && known.pushes === found.pushes && known.sceneQr === found.sceneQr
    known = found
    askAt = found.probedAt + GOOD_FOR_MS
    failures = 0
    if (same) return
    const { pushes, sceneQr } = found
    const since = new Date(found.probedAt).toISOString()
    log.info({ kind: kindOf(found), pushes, sceneQr, since }, 'what the account may do is known')
  }

  const look = async (): Promise<void> => {
    try {
      const stored = await facts.read(appId)
      if (stored && (!known || stored.probedAt > known.probedAt)) learn(stored)
    } catch (err) {
      log.warn({ err }, 'what is remembered of the account could not be read')
    }
  }

  const probe = async (): Promise<ProbeResult> => {
    const before = contradictions
    const result = await probeAccount(api)
    // A refusal in the meantime is newer than this answer; after the end there is no database to keep it in.
    if (!result.ok || contradictions !== before || stopping.signal.aborted) return result
    const found = { pushes: result.pushes, sceneQr: result.sceneQr, probedAt: clock.now() }
    learn(found)
    await rememberFacts(parts, found)
    return result
  }

  const failed = (fields: object): void => {
    askAt = clock.now() + Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS)
    failures += 1
    log[failures === 1 ? 'warn' : 'debug'](fields, 'what the account may do is not known yet')
  }

  const lookAndAsk = async (): Promise<void> => {
    await look()
    try {
      if (clock.now() < askAt) return
      const result = await Promise.race([probe(), stopped])
      if (result?.ok === false) failed({ reason: result.reason, hint: result.hint })
    } catch (err) {
      failed({ err })
    }
  }

  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await lookAndAsk()
      await clock.sleep(Math.min(Math.max(askAt - clock.now(), 1), LOOK_EVERY_MS), stopping.signal)
    }
  }

  return {
    mayPush: () => known?.pushes ?? true,
    maySceneQr: () => known?.sceneQr ?? false,
    async start() {
      await look()
      running ??= watch()
    },
    async stop() {
      stopping.abort()
      await running
    },
    contradicted(what) {
      if (known && !known[what]) return
      contradictions += 1
      const probedAt = clock.now()
      // Where nothing was known: an account that may not push has no scene QR codes either.
      known = { pushes: true, sceneQr: false, ...known, [what]: false, probedAt }
      askAt = probedAt + DENIED_MS
      log.warn({ what, hint: say(HINTS[what]) }, 'the account may do less than was thought')
      void rememberFacts(parts, known)
    },
    probe,
  }
}

const AFTER = {
  zh: '情况变了可以运行 `yingda doctor`，马上再问一次',
  en: 'after a change `yingda doctor` asks again at once',
}
const HINTS: { [what in keyof Abilities]: Words } = {
  pushes: {
    zh: `来不及的回答要等用户再发一句；只有通过微信认证的公众号能主动发消息；${AFTER.zh}`,
    en: `late answers wait for the user's next word; only verified accounts may push (微信认证); ${AFTER.en}`,
  },
  sceneQr: {
    zh: `只有已认证的服务号能生成带参数的二维码；${AFTER.zh}`,
    en: `only verified service accounts (服务号) have scene QR codes; ${AFTER.en}`,
  },
}
