import { loadAppSecrets } from '../base/app-secret.ts'
import type { Config } from '../base/config.ts'
import { createCardKeys } from '../quota/card-key.ts'

/** With the secret alone. Makes none: a new one would call every card forged. Throws AppSecretError. */
export const openCardKeys = (config: Config) => createCardKeys(loadAppSecrets(config, { make: false }))
