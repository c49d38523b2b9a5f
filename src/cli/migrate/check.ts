import { z } from 'zod'
import { say } from '../../base/say.ts'
import { judgeUpgrade, type SchemaOf } from '../../wiring/schema.ts'
import { type CliAction, CliError, UsageError } from '../context.ts'
import { line, nothing } from './step-lines.ts'

const MAX_BYTES = 1024 * 1024

const names = z.array(z.string().max(200))
const status = z.object({
  applied: names,
  pending: names,
  unknown: names,
  steps: z.record(z.string(), z.union([z.literal('expand'), z.object({ contract: z.string() })])).optional(),
})

/** Gives the exit code 0. Throws CliError when the running version could not live with what this one would do. */
export const checkUpgrade = async (print: CliAction['print']): Promise<number> => {
  const { pending, steps, problem } = await judgeUpgrade(readStatus(await readInput()))
  const ok = problem === undefined
  const document = {
    ok,
    pending: pending.map((name) => ({ name, step: steps[name] })),
    problem: problem ?? null,
  }
  print(document, () =>
    pending.length > 0 ? pending.map((name) => line('pending', name, steps)) : nothing(),
  )
  if (!ok) throw new CliError(problem)
  return 0
}

const readInput = async (): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  if (!process.stdin.isTTY)
    for await (const chunk of process.stdin) {
      bytes += chunk.length
      if (bytes > MAX_BYTES) break
      chunks.push(chunk)
    }
  return bytes > MAX_BYTES ? '' : Buffer.concat(chunks).toString('utf8')
}

const readStatus = (text: string): SchemaOf => {
  try {
    return status.parse(JSON.parse(text))
  } catch {
    throw new UsageError(
      say({
        zh: '标准输入里应是正在运行的版本的 yingda migrate status --json，读到的不是',
        en: 'on stdin it wants what yingda migrate status --json of the running version prints, and got something else',
      }),
    )
  }
}
