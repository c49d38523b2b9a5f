import { setFlagsFromString } from 'node:v8'
import { readOperatorLanguage } from '../base/env-file.ts'
import { makeAllPrivate } from '../base/private-files.ts'
import { speak } from '../base/say.ts'

makeAllPrivate()
// Before the first word: the help is in the operator's language, too.
speak(readOperatorLanguage(process.env))

// These read all there is, beside the service, in a container with room for little more: from the start on V8 is to tidy up
// sooner than it would. With 180 MB of data `backup create` takes 150 MB so, else 245, and a third more of a core's time.
if (/^(backup|transfer)$/.test(process.argv[2] ?? '')) setFlagsFromString('--optimize-for-size')

// A container asks for its health every few seconds: nothing else is loaded for it.
if (process.argv.slice(2).join(' ') === 'health')
  process.exitCode = await (await import('./health/ask-health.ts')).health(process.env, false)
else await (await import('./program.ts')).runProgram()
