import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { CliContext } from './context.ts'
import { health } from './health/ask-health.ts'

/** Listed here; called on its own it goes past all of this: see main.ts. */
export const addHealth = (program: Command, { env }: CliContext): void => {
  program
    .command('health')
    .description(
      say({
        zh: '本机的服务是否可以工作；容器的 HEALTHCHECK 用它，不能工作时退出码为 1',
        en: 'whether the service on this machine is ready, for the HEALTHCHECK of a container; exit 1 when not',
      }),
    )
    .action(async () => {
      process.exitCode = await health(env, program.opts().json === true)
    })
}
