export type { AccountKind, Mode } from './shown.ts'

/** One Official Account as its settings page shows it. `aesKey` is the EncodingAESKey of 43 letters and digits. */
export type Account = { appId: string; appSecret: string; token: string; aesKey: string; ghId: string }

export type Random = (size: number) => Buffer

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** An invented account. The same bytes from `random` give the same account. */
export const createSandboxAccount = (random: Random): Account => ({
  appId: `wx${random(8).toString('hex')}`,
  appSecret: random(16).toString('hex'),
  token: random(12).toString('hex'),
  aesKey: Array.from(random(43), (byte) => LETTERS_AND_DIGITS.charAt(byte % LETTERS_AND_DIGITS.length)).join(
    '',
  ),
  ghId: `gh_${random(6).toString('hex')}`,
})
