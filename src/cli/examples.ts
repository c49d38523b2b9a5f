import type { Command } from 'commander'
import { say, type Words } from '../base/say.ts'

type Example = { line: string; does: Words }

/** Shown at the end of a command's help: what is typed most often, ready to be copied. */
export const EXAMPLES: { [command: string]: readonly Example[] } = {
  'cards create': [
    {
      line: 'yingda cards create --count 10 --calls 100 --days 30 --batch spring',
      does: {
        zh: '10 张卡，每张 100 次，兑换后 30 天有效',
        en: '10 cards of 100 calls, good for 30 days once redeemed',
      },
    },
    {
      line: 'yingda cards create --count 5000 --calls 100 --out cards.csv',
      does: { zh: '卡多的时候写进文件', en: 'many of them into a file' },
    },
  ],
  'cards void': [
    { line: 'yingda cards void spring/2', does: { zh: '作废这一张', en: 'this one' } },
    {
      line: 'yingda cards void spring --yes',
      does: { zh: '作废整批里没用过的', en: 'all of the batch that are unused' },
    },
  ],
  'users grant': [
    {
      line: 'yingda users grant usr_… --calls 50 --days 30',
      does: { zh: '送 50 次，30 天有效', en: '50 calls, good for 30 days' },
    },
    { line: 'yingda users grant usr_… --calls -20', does: { zh: '收回 20 次', en: 'takes 20 back' } },
  ],
  why: [{ line: 'yingda why K7Q2M9TX', does: { zh: '用户发来的代码', en: 'the code a user was shown' } }],
  'words test': [
    {
      line: 'yingda words test "…"',
      does: { zh: '这句话会不会被拦下', en: 'whether it would be let through' },
    },
  ],
  'migrate check': [
    {
      line: 'OLD migrate status --json | NEW migrate check',
      does: { zh: '新版本上线前问一次', en: 'before a new version goes live' },
    },
  ],
  'backup create': [
    { line: 'yingda backup create', does: { zh: '存到 DATA_DIR/backups', en: 'into DATA_DIR/backups' } },
    {
      line: 'yingda backup create --out - > yingda.backup',
      does: { zh: '写到标准输出', en: 'to the standard output' },
    },
  ],
  'backup restore': [
    {
      line: 'yingda backup restore FILE --yes',
      does: { zh: '用备份换掉现在的数据', en: 'in the place of the data there is' },
    },
  ],
  transfer: [
    {
      line: 'yingda transfer --from sqlite:data/yingda.sqlite --to @mysql-address.txt',
      does: {
        zh: '从 SQLite 搬到 MySQL；带密码的地址写在文件里，不出现在命令行上',
        en: 'from SQLite to MySQL, whose address with its password stands in a file and not in the command',
      },
    },
  ],
}

/** At the end of each command's help. */
export const addExamples = (program: Command): void => {
  for (const [path, examples] of Object.entries(EXAMPLES)) {
    const command = path
      .split(' ')
      .reduce<Command | undefined>(
        (group, name) => group?.commands.find((each) => each.name() === name),
        program,
      )
    const lines = examples.map(({ line, does }) => `  ${line}\n      ${say(does)}`)
    command?.addHelpText('after', `\n${say({ zh: '例子：', en: 'Examples:' })}\n${lines.join('\n')}`)
  }
}
