import { errorCode } from '../base/error-code.ts'
import { storeReason } from '../base/store-reason.ts'
import { CliError, UsageError } from './context.ts'
import { printable } from './printable.ts'

const MAX_CHARS = 500

/** What was thrown, in one line for the operator. */
export const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof CliError || thrown instanceof UsageError) return printable(thrown.message)
  const code = errorCode(thrown) ?? ''
  // A refused connection to a name with several addresses has no message of its own.
  const message = thrown instanceof Error ? thrown.message || code || thrown.name : String(thrown)
  return storeReason(code) ?? oneLine(message)
}

export const oneLine = (text: string): string => {
  const line = printable(text.trim().replace(/\s+/g, ' '))
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line
}
