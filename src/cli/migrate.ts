import type { Command } from 'commander'
import { say } from '../base/say.ts'
import { type CliContext, WITHOUT_ASKING } from './context.ts'
import { line, nothing } from './migrate/step-lines.ts'

export const addMigrate = (program: Command, { run, judge }: CliContext): void => {
  const migrate = program.command('migrate').description(
    say({
      zh: '数据库的表结构；服务启动时会自己运行 up',
      en: "the database's schema; the service runs `up` by itself when it starts",
    }),
  )

  migrate
    .command('status', { isDefault: true })
    .description(
      say({
        zh: '哪些步骤做过了，哪些还没做；旧版本是否能与每一步共存',
        en: 'which steps have run, which are still to come, and which of them older versions can live with',
      }),
    )
    .action(
      run(async ({ openSchema, print }) => {
        const schema = await openSchema()
        const { applied, pending, unknown, steps: kept } = await schema.status()
        const steps = { ...kept, ...(await (await import('../wiring/schema.ts')).programSteps()) }
        // In this order: scripts read the names before "pending".
        print({ applied, pending, unknown, steps }, () => [
          ...applied.map((name) => line(unknown.includes(name) ? 'unknown' : 'applied', name, steps)),
          ...pending.map((name) => line('pending', name, steps)),
        ])
      }),
    )

  migrate
    .command('up')
    .description(say({ zh: '做还没做的步骤', en: 'runs what is still to come' }))
    .action(
      run(async ({ openSchema, print }) => {
        const { applied } = await (await openSchema()).up()
        print({ applied }, () =>
          applied.length > 0 ? applied.map((name) => line('applied', name)) : nothing(),
        )
      }),
    )

  migrate
    .command('down')
    .description(
      say({
        zh: '撤销最近一批步骤，其中的数据会一起删除；请先备份',
        en: 'takes the last batch of steps back, WITH THE DATA it holds; make a backup first',
      }),
    )
    .option('--yes', say(WITHOUT_ASKING))
    .action(
      run(async ({ openSchema, print, confirm }, { yes }: { yes?: true }) => {
        const schema = await openSchema()
        const { names, isAll } = await schema.last()
        if (names.length > 0) await confirm(warningOf(names, isAll), yes)
        const { undone } = await schema.down()
        print({ undone }, () => (undone.length > 0 ? undone.map((name) => line('undone', name)) : nothing()))
      }),
    )

  migrate
    .command('check')
    .description(
      say({
        zh: '正在运行的版本能否与本版本的步骤共存；从标准输入读它的 migrate status --json，不能时退出码为 1',
        en: "whether the running version can live with this one's steps; reads its `migrate status --json` on stdin, exit 1 when not",
      }),
    )
    .action(judge(async ({ print }) => (await import('./migrate/check.ts')).checkUpgrade(print)))
}

const warningOf = (names: readonly string[], isAll: boolean): string =>
  isAll
    ? say({ zh: '这会删除全部的表和全部数据。', en: 'This deletes ALL tables with ALL data.' })
    : say({
        zh: `这会撤销 ${names.join('、')}，并删除其中的数据。`,
        en: `This takes back ${names.join(', ')}, with all data in them.`,
      })
