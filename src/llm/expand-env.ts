import type { Env } from '../base/config.ts'

// Private-use characters in the place of `$`, `{` and `}`: one for one, so that lines and columns stay.
const [DOLLAR, OPEN, CLOSE] = ['\uE000', '\uE001', '\uE002']
const WRITTEN = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g
const MARKED = new RegExp(`${DOLLAR}${OPEN}(.*?)${CLOSE}`, 'g')

/**
 * YAML takes the brackets of a bare `[${NAME}]` for its own: they are disguised before it is parsed. Only afterwards
 * do values come in, so that nothing in a value is ever read as YAML.
 */
export const markVariables = (yaml: string): string => yaml.replace(WRITTEN, `${DOLLAR}${OPEN}$1${CLOSE}`)

/** A marked text as it was written. */
export const unmarkVariables = (text: string): string =>
  text.replace(MARKED, (_, name: string) => `\${${name}}`)

/** A marked text with the variables' values; those that are not set, or empty, are `missing`. */
export const expandVariables = (text: string, env: Env): { text: string; missing: string[] } => {
  const missing: string[] = []
  const expanded = text.replace(MARKED, (_, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (!value) missing.push(name)
    return value ?? ''
  })
  return { text: expanded, missing }
}
