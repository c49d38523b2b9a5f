import { type AppSecrets, allSecrets, deriveKey, loadAppSecrets } from '../../base/app-secret.ts'
import type { BackupSettings } from './parts.ts'

const MARK_BYTES = 8

/** What an APP_SECRET is known by: nothing of it can be worked out from that. */
const secretMark = (secret: Buffer): string => deriveKey(secret, 'backup-mark', MARK_BYTES).toString('hex')

/** Of the secret that seals now; empty when there is none yet. */
export const currentMark = (settings: BackupSettings): string => {
  const secrets = secretsOf(settings)
  return secrets ? secretMark(secrets.current) : ''
}

/** Whether what was sealed with that secret can be opened here. */
export const opensHere = (settings: BackupSettings, mark: string): boolean => {
  const secrets = secretsOf(settings)
  if (!secrets) return false
  return allSecrets(secrets).some((secret) => secretMark(secret) === mark)
}

const secretsOf = (settings: BackupSettings): AppSecrets | undefined => {
  try {
    return loadAppSecrets(settings, { make: false })
  } catch {
    return undefined
  }
}
