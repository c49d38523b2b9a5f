import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import c from 'highlight.js/lib/languages/c'
import cpp from 'highlight.js/lib/languages/cpp'
import csharp from 'highlight.js/lib/languages/csharp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import ini from 'highlight.js/lib/languages/ini'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import kotlin from 'highlight.js/lib/languages/kotlin'
import php from 'highlight.js/lib/languages/php'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'
import rust from 'highlight.js/lib/languages/rust'
import shell from 'highlight.js/lib/languages/shell'
import sql from 'highlight.js/lib/languages/sql'
import swift from 'highlight.js/lib/languages/swift'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'

/** What people ask about; every other language is shown plain. Aliases (js, py, sh, html, …) come with them. */
const LANGUAGES = {
  ...{ bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin, php, python, ruby, rust },
  ...{ shell, sql, swift, typescript, xml, yaml },
}
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language)

/** Of one block. */
const maxBlockChars = 8000
/** The highlighter's time grows with the square of a block: of an answer, the squares together are as much as one such block's. */
const maxSquares = maxBlockChars ** 2
const tangle = /[\w$.-]{200}|[^\n]{1000}/

/**
 * Colours the blocks of one answer, as `<span class="hljs-…">`; undefined where the language is unknown or the code too
 * much. `known` keeps what was coloured, for an answer that grows and is read again.
 */
export const createHighlight = (known: Map<string, string> = new Map()) => {
  let squares = 0
  if (known.size > maxKnown) known.clear()
  return (code: string, language: string): string | undefined => {
    const key = `${language} ${code}`
    const coloured = known.get(key)
    if (coloured !== undefined) return coloured
    if (hljs.getLanguage(language) === undefined || code.length > maxBlockChars || tangle.test(code))
      return undefined
    if (squares + code.length ** 2 > maxSquares) return undefined
    squares += code.length ** 2
    const html = hljs.highlight(code, { language, ignoreIllegals: true }).value
    known.set(key, html)
    return html
  }
}

const maxKnown = 100
