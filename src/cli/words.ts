import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { CliContext } from './context.ts'

export const addWords = (program: Command, { load }: CliContext): void => {
  const words = program
    .command('words')
    .description(say({ zh: '敏感词表', en: 'the list of sensitive words' }))

  words
    .command('test')
    .argument(
      '<text>',
      say({ zh: '用户可能问的，或模型可能答的', en: 'what a user might ask, or a model answer' }),
    )
    .description(
      say({
        zh: '这段文字按敏感词表怎么处理，依据哪一行；不论结果都以 0 退出',
        en: 'what the list makes of a text, and by which line; exit 0 whatever it is',
      }),
    )
    .action(load(async () => (await import('./words/test.ts')).testWords))
}
