import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { say } from '../base/say.ts'
import { CliError } from './context.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/init.sh', import.meta.url))

/** The questions are asked by a script, which a server without Node.js can run as well. */
export const addInit = (program: Command): void => {
  program
    .command('init')
    .description(
      say({
        zh: '上线前的设置：问几个问题，写好 .env 和 secrets/（就是 scripts/init.sh）',
        en: 'asks what going live needs, writes .env and secrets/ (it is scripts/init.sh)',
      }),
    )
    .argument(
      '[words...]',
      say({ zh: '传给脚本，例如 --yes 名字=值', en: 'for the script, such as --yes NAME=VALUE' }),
    )
    .allowUnknownOption()
    .action((words: string[]) => {
      if (!existsSync(SCRIPT))
        throw new CliError(
          say({
            zh: '镜像里改不了服务器上的文件：请在服务器上 docker-compose.yml 所在的文件夹里执行 sh scripts/init.sh',
            en: 'an image cannot write on its server: run sh scripts/init.sh there, in the folder of docker-compose.yml',
          }),
        )
      process.exitCode = spawnSync('sh', [SCRIPT, ...words], { stdio: 'inherit' }).status ?? 1
    })
}
