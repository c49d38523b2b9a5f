import { readOperatorLanguage } from '../base/env-file.ts'
import { makeAllPrivate } from '../base/private-files.ts'
import { speak } from '../base/say.ts'

makeAllPrivate()
// Before the first word: the help is in the operator's language, too.
speak(readOperatorLanguage(process.env))

// A container asks for its health every few seconds: nothing else is loaded for it.
if (process.argv.slice(2).join(' ') === 'health')
  process.exitCode = await (await import('./health/ask-health.ts')).health(process.env, false)
else await (await import('./program.ts')).runProgram()
